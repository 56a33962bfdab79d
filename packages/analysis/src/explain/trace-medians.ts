// How long a trace of each side takes: the median of its root's duration.

import { type Cohorts, Side } from "./cohorts.ts";
import { quantile } from "./robust.ts";

/** Nanoseconds; undefined where a side has no traces. */
export interface TraceMedians {
  readonly baseline: number | undefined;
  readonly incident: number | undefined;
}

export function traceMedians(cohorts: Cohorts): TraceMedians {
  return {
    baseline: medianOf(cohorts, Side.baseline),
    incident: medianOf(cohorts, Side.incident),
  };
}

function medianOf({ columns, side }: Cohorts, of: Side): number | undefined {
  const roots = columns.root.filter((_, trace) => side[trace] === of);
  const sorted = Float64Array.from(roots, (row) => columns.durationNanos[row] as number).sort();
  return sorted.length === 0 ? undefined : quantile(sorted, 0.5);
}
