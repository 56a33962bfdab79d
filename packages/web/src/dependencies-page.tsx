import type { Dependencies } from "@culprit/api";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { dependencyRows, dependencySummary, SORTS, type Sort } from "./dependency-rows.ts";
import { DependencyTable } from "./dependency-table.tsx";
import { Notice } from "./notice.tsx";
import { Options } from "./options.tsx";
import { durationMillis, LOOKBACKS } from "./search-state.ts";
import { type Resource, useResource } from "./use-resource.ts";

const DEFAULT_LOOKBACK = "1h";
const HOUR_MILLIS = 3_600_000;
const WINDOWS = LOOKBACKS.filter(([value]) => value !== "");

interface View {
  readonly service: string;
  readonly lookback: string;
  readonly isInside: boolean;
  readonly sort: Sort;
}

/** The page's URL holds what is shown; what is default is left out. */
function viewOf(params: URLSearchParams): View {
  const sort = params.get("sort") ?? "";
  return {
    service: params.get("service") ?? "",
    lookback: params.get("lookback") ?? DEFAULT_LOOKBACK,
    isInside: params.get("inside") === "true",
    sort: SORTS.find((known) => known === sort) ?? SORTS[0],
  };
}

function paramsOf({ service, lookback, isInside, sort }: View): URLSearchParams {
  const params = new URLSearchParams();
  if (service !== "") params.set("service", service);
  if (lookback !== DEFAULT_LOOKBACK) params.set("lookback", lookback);
  if (isInside) params.set("inside", "true");
  if (sort !== SORTS[0]) params.set("sort", sort);
  return params;
}

export function DependenciesPage(): ReactNode {
  const [params, setParams] = useSearchParams();
  const view = useMemo(() => viewOf(params), [params]);
  const [asked, setAsked] = useState({ count: 0, at: Date.now() });
  const lookbackMillis = durationMillis(view.lookback) ?? HOUR_MILLIS;
  const path = (endMillis: number): string => {
    const query = new URLSearchParams({ endTs: `${endMillis}`, lookback: `${lookbackMillis}` });
    if (view.service !== "") query.set("service", view.service);
    return `/api/culprit/dependencies?${query}`;
  };
  const services = useResource<{ data: string[] | null }>("/api/services", asked.count);
  const now = useResource<Dependencies>(path(asked.at), asked.count);
  const before = useResource<Dependencies>(path(asked.at - lookbackMillis), asked.count);

  useEffect(() => {
    document.title = view.service === "" ? "Dependencies · Culprit" : `${view.service} · Culprit`;
  }, [view.service]);

  const refresh = (): void => setAsked(({ count }) => ({ count: count + 1, at: Date.now() }));
  const show = (part: Partial<View>): void => setParams(paramsOf({ ...view, ...part }));
  return (
    <main className="page">
      <search className="search-form dependency-form">
        <label className="field">
          <span>Service</span>
          <select
            className="input"
            value={view.service}
            onChange={(event) => show({ service: event.target.value })}
          >
            <option value="">Any service</option>
            <Options
              chosen={view.service}
              among={services.state === "ready" ? (services.data.data ?? []) : []}
            />
          </select>
        </label>
        <label className="field field-time">
          <span>Time</span>
          <select
            className="input"
            value={view.lookback}
            onChange={(event) => {
              setAsked(({ count }) => ({ count, at: Date.now() }));
              show({ lookback: event.target.value });
            }}
          >
            <Options
              chosen={view.lookback}
              among={WINDOWS.map(([value]) => value)}
              labelOf={(value) => windowLabel(value)}
            />
          </select>
        </label>
        <label className="check">
          <input
            type="checkbox"
            checked={view.isInside}
            onChange={(event) => show({ isInside: event.target.checked })}
          />
          Calls inside a service
        </label>
      </search>
      <Calls now={now} before={before} view={view} onShow={show} onRefresh={refresh} />
    </main>
  );
}

function windowLabel(lookback: string): string {
  return WINDOWS.find(([value]) => value === lookback)?.[1] ?? `Last ${lookback}`;
}

function Calls(props: {
  readonly now: Resource<Dependencies>;
  readonly before: Resource<Dependencies>;
  readonly view: View;
  readonly onShow: (part: Partial<View>) => void;
  readonly onRefresh: () => void;
}): ReactNode {
  const { now, before, view } = props;
  const shown = now.state === "ready" ? now.data : now.state === "loading" ? now.stale : undefined;
  const earlier = before.state === "ready" ? before.data : undefined;
  const rows = useMemo(
    () => dependencyRows(shown?.dependencies ?? [], earlier?.dependencies ?? [], view.isInside),
    [shown, earlier, view.isInside],
  );
  if (now.state === "failed") {
    return (
      <Notice title="The calls could not be read" tone="error">
        <p>{now.error.message}</p>
        <button type="button" className="button" onClick={props.onRefresh}>
          Try again
        </button>
      </Notice>
    );
  }
  if (shown === undefined) {
    return (
      <p className="results-head" role="status">
        Loading…
      </p>
    );
  }
  if (rows.length === 0) {
    return (
      <NoCalls
        view={view}
        inside={shown.dependencies.length}
        onShow={props.onShow}
        onRefresh={props.onRefresh}
      />
    );
  }
  return (
    <section className="dependencies" aria-label="Calls" aria-busy={now.state === "loading"}>
      <h1 className="verdict-summary">{dependencySummary(rows)}</h1>
      <DependencyTable
        rows={rows}
        sort={view.sort}
        lookback={view.lookback}
        onSort={(sort) => props.onShow({ sort })}
        onRefresh={props.onRefresh}
      />
    </section>
  );
}

function NoCalls(props: {
  readonly view: View;
  /** How many pairs there are that are not shown. */
  readonly inside: number;
  readonly onShow: (part: Partial<View>) => void;
  readonly onRefresh: () => void;
}): ReactNode {
  const { view, inside, onShow } = props;
  const longest = WINDOWS.at(-1)?.[0] ?? "";
  return (
    <Notice title={inside > 0 ? "No service calls another" : "No calls"}>
      <p>
        {inside > 0
          ? "In this time there are calls inside a service only."
          : "No span with a parent lies in this time."}
      </p>
      <p className="notice-actions">
        {inside > 0 && (
          <button type="button" className="button" onClick={() => onShow({ isInside: true })}>
            Show calls inside a service
          </button>
        )}
        {view.lookback !== longest && (
          <button type="button" className="button" onClick={() => onShow({ lookback: longest })}>
            {windowLabel(longest)}
          </button>
        )}
        {view.service !== "" && (
          <button type="button" className="button" onClick={() => onShow({ service: "" })}>
            Any service
          </button>
        )}
        <button type="button" className="button" onClick={props.onRefresh}>
          Look again
        </button>
        <Link className="button" to="/">
          Recent traces
        </Link>
      </p>
    </Notice>
  );
}
