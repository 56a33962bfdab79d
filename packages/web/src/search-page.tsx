import type { TraceList } from "@culprit/api";
import { type ReactNode, useDeferredValue, useEffect, useMemo, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { EmptyStore } from "./empty-store.tsx";
import { Notice } from "./notice.tsx";
import { SearchForm } from "./search-form.tsx";
import {
  apiQuery,
  asksVerdicts,
  isFiltered,
  parseSearch,
  type SearchState,
  searchParams,
} from "./search-state.ts";
import { plural } from "./time-format.ts";
import { TraceRow } from "./trace-row.tsx";
import { type Resource, useResource } from "./use-resource.ts";

export function SearchPage(): ReactNode {
  const [params, setParams] = useSearchParams();
  const state = useMemo(() => parseSearch(params), [params]);
  const [asked, setAsked] = useState({ count: 0, at: Date.now() });
  const services = useResource<{ data: string[] | null }>("/api/services", asked.count);
  const query = useMemo(() => apiQuery(state, asked.at), [state, asked]);
  const traces = useResource<TraceList>(`/api/culprit/traces?${query}`, asked.count);
  const refresh = (): void => setAsked(({ count }) => ({ count: count + 1, at: Date.now() }));

  useEffect(() => {
    document.title = state.service === "" ? "Culprit" : `${state.service} · Culprit`;
  }, [state.service]);

  const search = (next: SearchState): void => {
    const nextParams = searchParams({ ...next, before: "" });
    if (nextParams.toString() === params.toString()) refresh();
    else {
      setAsked(({ count }) => ({ count, at: Date.now() }));
      setParams(nextParams);
    }
  };

  const known = services.state === "ready" ? (services.data.data ?? []) : [];
  const storeIsEmpty =
    services.state === "ready" &&
    known.length === 0 &&
    traces.state === "ready" &&
    traces.data.traces.length === 0;

  return (
    <main className="page">
      <h1 className="visually-hidden">Recent traces</h1>
      <SearchForm state={state} services={known} onSearch={search} />
      {storeIsEmpty ? (
        <EmptyStore onRefresh={refresh} />
      ) : (
        <Results traces={traces} state={state} now={asked.at} onRefresh={refresh} />
      )}
    </main>
  );
}

function Results(props: {
  readonly traces: Resource<TraceList>;
  readonly state: SearchState;
  readonly now: number;
  readonly onRefresh: () => void;
}): ReactNode {
  const { traces, state, now } = props;
  const list = useDeferredValue(traces.state === "failed" ? undefined : listOf(traces, state));
  useEffect(() => {
    if (traces.state === "ready") lastAnswer = { query: queryOf(state), list: traces.data };
  }, [traces, state]);
  if (traces.state === "failed") {
    return (
      <Notice title="The search failed" tone="error">
        <p>{traces.error.message}</p>
        <p>Check that Culprit is running and that the search makes sense, then try again.</p>
        <button type="button" className="button" onClick={props.onRefresh}>
          Try again
        </button>
      </Notice>
    );
  }
  if (list === undefined) return <SkeletonRows />;
  if (list.traces.length === 0) return <NoMatch state={state} onRefresh={props.onRefresh} />;
  const longest = Math.max(...list.traces.map((trace) => trace.durationNanos), 1);
  return (
    <section aria-label="Traces" aria-busy={traces.state === "loading"}>
      <div className="results-head">
        <p role="status">
          {state.before === "" ? "Newest " : "Older "}
          {plural(list.traces.length, "trace")}
        </p>
        {state.before !== "" && (
          <Link to={`?${searchParams({ ...state, before: "" })}`}>Newest</Link>
        )}
        <button type="button" className="link-button" onClick={props.onRefresh}>
          Refresh
        </button>
      </div>
      <ol className="traces" data-stale={traces.state === "loading"}>
        {list.traces.map((trace) => (
          <TraceRow key={trace.traceId} trace={trace} longestNanos={longest} now={now} />
        ))}
      </ol>
      {list.next !== null && (
        <nav className="pager" aria-label="Pages">
          <Link className="button" to={`?${searchParams({ ...state, before: list.next })}`}>
            Older traces
          </Link>
        </nav>
      )}
    </section>
  );
}

// Who comes back from a trace finds the list as it was, while it is asked for anew.
let lastAnswer: { readonly query: string; readonly list: TraceList } | undefined;

function queryOf(state: SearchState): string {
  return searchParams(state).toString();
}

function listOf(
  traces: Exclude<Resource<TraceList>, { state: "failed" }>,
  state: SearchState,
): TraceList | undefined {
  if (traces.state === "ready") return traces.data;
  return traces.stale ?? (lastAnswer?.query === queryOf(state) ? lastAnswer.list : undefined);
}

function NoMatch(props: {
  readonly state: SearchState;
  readonly onRefresh: () => void;
}): ReactNode {
  const { state } = props;
  return (
    <Notice title={state.before === "" ? "No trace matches" : "No older traces"}>
      <p>
        {state.lookback === ""
          ? "Nothing that is stored fits all of these filters."
          : "Nothing in this time range fits all of these filters."}
      </p>
      {asksVerdicts(state) && (
        <p>
          A trace has its verdict some seconds after its last span arrived: newer ones are not found
          yet.
        </p>
      )}
      <p className="notice-actions">
        {state.lookback !== "" && (
          <Link
            className="button"
            to={`?${searchParams({ ...state, lookback: "", startMicros: "", endMicros: "", before: "" })}`}
          >
            Search any time
          </Link>
        )}
        {isFiltered(state) && (
          <Link className="button" to="/">
            Clear all filters
          </Link>
        )}
        <button type="button" className="button" onClick={props.onRefresh}>
          Search again
        </button>
      </p>
    </Notice>
  );
}

function SkeletonRows(): ReactNode {
  return (
    <div role="status" aria-label="Loading traces">
      <div className="results-head">
        <p>Loading…</p>
      </div>
      <ol className="traces" aria-hidden="true">
        {Array.from({ length: 8 }, (_, row) => (
          <li key={row} className="trace-row skeleton" />
        ))}
      </ol>
    </div>
  );
}
