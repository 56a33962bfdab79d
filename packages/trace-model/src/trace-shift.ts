// The same trace with other starts: what a correction of clocks leaves.

import { MAX_NANOS, type SpanWarning, type Trace } from "./trace.ts";
import { rowOrder } from "./trace-rows.ts";

/**
 * Rows are put in order again; the root, row 0, keeps its place and must keep its start.
 * @param startNanos one a row of `trace`
 */
export function withStarts(
  trace: Trace,
  startNanos: Float64Array,
  warnings: readonly string[],
  spanWarnings: readonly SpanWarning[],
): Trace {
  const rows = rowOrder(
    { ids: trace.spanIds, parent: trace.parent, startNanos, durationNanos: trace.durationNanos },
    0,
  );
  const { order } = rows;
  const take = <T>(column: ArrayLike<T>): T[] => Array.from(order, (row): T => column[row] as T);
  const durationNanos = Float64Array.from(take(trace.durationNanos));
  const orphans = new Set(trace.orphans);
  const roots: number[] = [];
  const orphanRows: number[] = [];
  order.forEach((old, row) => {
    if (rows.parent[row] === -1) roots.push(row);
    if (orphans.has(old)) orphanRows.push(row);
  });
  return {
    ...trace,
    spans: take(trace.spans),
    spanIds: take(trace.spanIds),
    parent: rows.parent,
    subtreeEnd: rows.subtreeEnd,
    startNanos: Float64Array.from(order, (old, row) => {
      const latest = MAX_NANOS - (durationNanos[row] as number);
      return Math.max(-MAX_NANOS, Math.min(latest, startNanos[old] as number));
    }),
    durationNanos,
    roots: Int32Array.from(roots),
    orphans: Int32Array.from(orphanRows),
    service: Int32Array.from(take(trace.service)),
    operation: Int32Array.from(take(trace.operation)),
    warnings: [...trace.warnings, ...warnings],
    spanWarnings: [...trace.spanWarnings, ...spanWarnings],
  };
}
