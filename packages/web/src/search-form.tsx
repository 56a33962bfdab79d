import { type ReactNode, type SubmitEvent, useId, useState } from "react";
import { Link } from "react-router";
import { AttributeInput } from "./attribute-input.tsx";
import { DurationInput } from "./duration-input.tsx";
import { findingTitle } from "./finding-title.ts";
import { Options } from "./options.tsx";
import { isFiltered, LIMITS, normaliseDuration, type SearchState } from "./search-state.ts";
import { TimeRange } from "./time-range.tsx";
import { useMediaQuery } from "./use-media-query.ts";
import { useResource } from "./use-resource.ts";
import { VerdictFields } from "./verdict-fields.tsx";

interface Choice {
  readonly data: readonly string[] | null;
}

/** What is typed lives here until it is submitted; selects submit at once. A new URL replaces the draft. */
export function SearchForm(props: {
  readonly state: SearchState;
  readonly services: readonly string[];
  readonly onSearch: (state: SearchState) => void;
}): ReactNode {
  const [draft, setDraft] = useState(props.state);
  const [draftOf, setDraftOf] = useState(props.state);
  if (draftOf !== props.state) {
    setDraftOf(props.state);
    setDraft(props.state);
  }
  const narrow = useMediaQuery("(max-width: 800px)");
  const [opened, setOpened] = useState(false);
  const formId = useId();
  const operations = useResource<Choice>(
    draft.service === ""
      ? undefined
      : `/api/services/${encodeURIComponent(draft.service)}/operations`,
  );

  const change = (part: Partial<SearchState>): void => setDraft({ ...draft, ...part });
  const search = (part: Partial<SearchState>): void => {
    const next = { ...draft, ...part };
    const minDuration = normaliseDuration(next.minDuration);
    const maxDuration = normaliseDuration(next.maxDuration);
    setDraft(next);
    if (minDuration === undefined || maxDuration === undefined) return;
    props.onSearch({ ...next, minDuration, maxDuration });
  };
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    search({});
  };

  const active = activeFilters(props.state);
  return (
    <search>
      {narrow && (
        <button
          type="button"
          className="button filters-toggle"
          aria-expanded={opened}
          aria-controls={formId}
          onClick={() => setOpened(!opened)}
        >
          <span>Filters</span>
          <small>{active === "" ? "none" : active}</small>
        </button>
      )}
      <form id={formId} className="search-form" hidden={narrow && !opened} onSubmit={submit}>
        <label className="field">
          <span>Service</span>
          <select
            className="input"
            value={draft.service}
            onChange={(event) => search({ service: event.target.value, operation: "" })}
          >
            <option value="">Any service</option>
            <Options chosen={draft.service} among={props.services} />
          </select>
        </label>
        <label className="field field-operation">
          <span>Operation</span>
          <select
            className="input"
            value={draft.operation}
            disabled={draft.service === ""}
            title={draft.service === "" ? "Choose a service first" : undefined}
            onChange={(event) => search({ operation: event.target.value })}
          >
            <option value="">Any operation</option>
            <Options
              chosen={draft.operation}
              among={operations.state === "ready" ? (operations.data.data ?? []) : []}
            />
          </select>
        </label>
        <AttributeInput
          attributes={draft.attributes}
          onChange={(attributes) => search({ attributes })}
        />
        <div className="field field-durations">
          <span id={`${formId}d`}>Duration</span>
          <fieldset className="pair" aria-labelledby={`${formId}d`}>
            <DurationInput
              label="Shortest duration"
              placeholder="min"
              value={draft.minDuration}
              onChange={(minDuration) => change({ minDuration })}
            />
            <span aria-hidden="true">–</span>
            <DurationInput
              label="Longest duration"
              placeholder="max"
              value={draft.maxDuration}
              onChange={(maxDuration) => change({ maxDuration })}
            />
          </fieldset>
        </div>
        <TimeRange state={draft} onChange={change} onSearch={search} />
        <label className="field field-limit">
          <span>Limit</span>
          <select
            className="input"
            value={draft.limit}
            onChange={(event) => search({ limit: Number(event.target.value) })}
          >
            {[...new Set([...LIMITS, draft.limit])].map((limit) => (
              <option key={limit}>{limit}</option>
            ))}
          </select>
        </label>
        <div className="field-actions">
          <button type="submit" className="button primary">
            Search
          </button>
          {isFiltered(props.state) && (
            <Link className="link-button" to="/">
              Clear
            </Link>
          )}
        </div>
        <VerdictFields state={draft} services={props.services} onSearch={search} />
      </form>
    </search>
  );
}

function activeFilters(state: SearchState): string {
  const duration = [state.minDuration, state.maxDuration].some((text) => text !== "");
  return [
    state.service,
    state.operation,
    ...state.attributes,
    duration ? `${state.minDuration || "0"} – ${state.maxDuration || "∞"}` : "",
    state.lookback === "custom" ? "custom time" : state.lookback,
    named("bottleneck", state.bottleneck),
    findingTitle(state.finding),
    named("error in", state.errorOrigin),
  ]
    .filter((part) => part !== "")
    .join(" · ");
}

function named(what: string, service: string): string {
  return service === "" ? "" : `${what} ${service}`;
}
