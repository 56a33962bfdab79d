import type { ReactNode } from "react";
import { LOOKBACKS, localInput, microsOfLocalInput, type SearchState } from "./search-state.ts";

const HOUR_MILLIS = 3_600_000;

export function TimeRange(props: {
  readonly state: SearchState;
  readonly onChange: (part: Partial<SearchState>) => void;
  readonly onSearch: (part: Partial<SearchState>) => void;
}): ReactNode {
  const { state, onChange, onSearch } = props;
  const known = LOOKBACKS.some(([value]) => value === state.lookback);

  const choose = (lookback: string): void => {
    if (lookback !== "custom") {
      onSearch({ lookback, startMicros: "", endMicros: "" });
      return;
    }
    const now = Date.now();
    onChange({
      lookback,
      startMicros: String((now - HOUR_MILLIS) * 1000),
      endMicros: String(now * 1000),
    });
  };

  return (
    <>
      <label className="field field-time">
        <span>Time</span>
        <select
          className="input"
          value={state.lookback}
          onChange={(event) => choose(event.target.value)}
        >
          {LOOKBACKS.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
          {!known && state.lookback !== "custom" && (
            <option value={state.lookback}>Last {state.lookback}</option>
          )}
          <option value="custom">Custom range</option>
        </select>
      </label>
      {state.lookback === "custom" && (
        <>
          <Moment
            label="From"
            micros={state.startMicros}
            onChange={(startMicros) => onChange({ startMicros })}
          />
          <Moment
            label="To"
            micros={state.endMicros}
            onChange={(endMicros) => onChange({ endMicros })}
          />
        </>
      )}
    </>
  );
}

function Moment(props: {
  readonly label: string;
  readonly micros: string;
  readonly onChange: (micros: string) => void;
}): ReactNode {
  return (
    <label className="field field-moment">
      <span>{props.label}</span>
      <input
        type="datetime-local"
        step="1"
        className="input"
        value={localInput(props.micros)}
        onChange={(event) => props.onChange(microsOfLocalInput(event.target.value))}
      />
    </label>
  );
}
