// What the search asks of verdicts. They fold away: most searches do without them.

import type { FindingKinds } from "@culprit/api";
import { type ReactNode, useState } from "react";
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
        <label className="field">
          <span>Bottleneck</span>
          <select
            className="input"
            value={state.bottleneck}
            onChange={(event) => onSearch({ bottleneck: event.target.value })}
          >
            <option value="">Any service</option>
            <Options chosen={state.bottleneck} among={services} />
          </select>
        </label>
        <label className="field">
          <span>Finding</span>
          <select
            className="input"
            value={state.finding}
            onChange={(event) => onSearch({ finding: event.target.value })}
          >
            <option value="">Any or none</option>
            <Options
              chosen={state.finding}
              among={kinds.state === "ready" ? kinds.data.kinds : []}
              labelOf={findingTitle}
            />
          </select>
        </label>
        <label className="field">
          <span>Error began in</span>
          <select
            className="input"
            value={state.errorOrigin}
            onChange={(event) => onSearch({ errorOrigin: event.target.value })}
          >
            <option value="">Any service or none</option>
            <Options chosen={state.errorOrigin} among={services} />
          </select>
        </label>
      </div>
    </details>
  );
}
