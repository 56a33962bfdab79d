import { type CSSProperties, type ReactNode, useMemo } from "react";
import { Link } from "react-router";
import { type DependencyRow, earlierShare, keyOf, type Sort, sortRows } from "./dependency-rows.ts";
import { EMPTY_SEARCH, type SearchState, searchParams } from "./search-state.ts";
import { ServiceDot } from "./service-chip.tsx";
import { formatCount, formatDuration, formatShare, plural } from "./time-format.ts";

const COLUMNS: readonly (readonly [sort: Sort, label: string])[] = [
  ["name", "Caller and callee"],
  ["calls", "Calls"],
  ["errors", "Errors"],
  ["p95", "p95"],
];

export function DependencyTable(props: {
  readonly rows: readonly DependencyRow[];
  readonly sort: Sort;
  readonly lookback: string;
  readonly onSort: (sort: Sort) => void;
  readonly onRefresh: () => void;
}): ReactNode {
  const { sort, lookback } = props;
  const rows = useMemo(() => sortRows(props.rows, sort), [props.rows, sort]);
  const slowest = Math.max(...rows.map(({ p95Nanos }) => p95Nanos), 1);
  return (
    <>
      <div className="results-head">
        <p role="status">{plural(rows.length, "pair")}</p>
        <button type="button" className="link-button" onClick={props.onRefresh}>
          Refresh
        </button>
      </div>
      <table className="dependency-table">
        <thead>
          <tr>
            {COLUMNS.map(([column, label]) => (
              <th
                key={column}
                scope="col"
                aria-sort={
                  column !== sort ? undefined : column === "name" ? "ascending" : "descending"
                }
              >
                <button type="button" className="sort-button" onClick={() => props.onSort(column)}>
                  {label}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={keyOf(row)} row={row} lookback={lookback} slowestNanos={slowest} />
          ))}
        </tbody>
      </table>
    </>
  );
}

function Row(props: {
  readonly row: DependencyRow;
  readonly lookback: string;
  readonly slowestNanos: number;
}): ReactNode {
  const { row, lookback } = props;
  const { parent, child, callCount, errorCount, errorShare, p95Nanos, before } = row;
  const traces = (part: Partial<SearchState>): string =>
    `/?${searchParams({ ...EMPTY_SEARCH, service: child, lookback, ...part })}`;
  return (
    <tr data-failed={errorCount > 0}>
      <th scope="row">
        <ServiceLink service={parent} lookback={lookback} />
        <span className="visually-hidden">calls</span>
        <span className="call-arrow" aria-hidden="true">
          →
        </span>
        <ServiceLink service={child} lookback={lookback} />
      </th>
      <td data-label="calls">{formatCount(callCount)}</td>
      <td data-label="errors">
        {errorCount === 0 ? (
          <span className="muted">0</span>
        ) : (
          <Link
            className="error-count"
            to={traces({ attributes: ["error=true"] })}
            title={`Traces with an error in ${child}`}
          >
            {formatCount(errorCount)} · {formatShare(errorShare)}
          </Link>
        )}
        {row.failsMore && before !== undefined && (
          <small className="was">was {earlierShare(before)}</small>
        )}
      </td>
      <td data-label="p95" data-slower={row.isSlower}>
        <Link
          to={traces({ minDuration: `${Math.floor(p95Nanos)}ns` })}
          title={`Traces in which ${child} takes as long`}
        >
          {formatDuration(p95Nanos)}
        </Link>
        {row.isSlower && before !== undefined && (
          <small className="was">was {formatDuration(before.p95Nanos)}</small>
        )}
        <i
          className="p95-bar"
          style={{ "--share": p95Nanos / props.slowestNanos } as CSSProperties}
          aria-hidden="true"
        />
      </td>
    </tr>
  );
}

function ServiceLink(props: { readonly service: string; readonly lookback: string }): ReactNode {
  const { service, lookback } = props;
  const query = new URLSearchParams({ service, lookback });
  return (
    <Link className="call-service" to={`?${query}`} title={`Calls of ${service}`}>
      <ServiceDot service={service} />
      <span>{service}</span>
    </Link>
  );
}
