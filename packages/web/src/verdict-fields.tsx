// What the search asks of verdicts. They fold away: most searches do without them.

import type { FindingKinds } from "@culprit/api";
import { type ReactNode, useId, useState } from "react";
import { findingTitle } from "./finding-title.ts";
import { Options } from "./options.tsx";
import { asksVerdicts, type SearchState } from "./search-state.ts";
import { useResource } from "./use-resource.ts";

export function VerdictFields(props: {
  readonly state: SearchState;
  readonly services: readonly string[];
  readonly onSearch: (part: Partial<SearchState>) => void;
}): ReactNode {
  const { state, services, onSearch } = props;
  const [opened, setOpened] = useState(false);
  const isOpen = opened || asksVerdicts(state);
  const kinds = useResource<FindingKinds>(isOpen ? "/api/culprit/finding-kinds" : undefined);
  return (
    <details
      className="verdict-fields"
      open={isOpen}
      onToggle={(event) => setOpened(event.currentTarget.open)}
    >
      <summary>Verdict</summary>
      <div className="verdict-fields-row">
        <VerdictField
          label="Bottleneck"
          any="Any service"
          value={state.bottleneck}
          among={services}
          onChange={(bottleneck) => onSearch({ bottleneck })}
        />
        <VerdictField
          label="Finding"
          any="Any or none"
          value={state.finding}
          among={kinds.state === "ready" ? kinds.data.kinds : []}
          labelOf={findingTitle}
          onChange={(finding) => onSearch({ finding })}
        />
        <VerdictField
          label="Error began in"
          any="Any service or none"
          value={state.errorOrigin}
          among={services}
          onChange={(errorOrigin) => onSearch({ errorOrigin })}
        />
      </div>
    </details>
  );
}

function VerdictField(props: {
  readonly label: string;
  /** What stands for no condition. */
  readonly any: string;
  readonly value: string;
  readonly among: readonly string[];
  readonly labelOf?: (value: string) => string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  const { label, any, value, onChange, ...options } = props;
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="input"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="">{any}</option>
        <Options chosen={value} {...options} />
      </select>
    </div>
  );
}
