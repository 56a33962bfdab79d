// One group into two: the part that is asked about is the incident, the rest the baseline.

import type { ExplainSplit } from "@culprit/api";
import type { TraceColumns } from "@culprit/trace-model";
import { Side } from "./cohorts.ts";
import { quantile } from "./robust.ts";
import { entriesOf } from "./samples.ts";

/** One a trace, see {@link Side}. For an attribute its spans must be marked. */
export function splitSides(columns: TraceColumns, split: ExplainSplit): Uint8Array {
  if (split.by === "slow") return slowSides(columns, split.quantile);
  const flagged = split.by === "errors" ? columns.errs : columns.marked;
  const side = new Uint8Array(columns.traceIds.length).fill(Side.baseline);
  for (let trace = 0; trace < side.length; trace++) {
    const end = columns.firstRow[trace + 1] as number;
    for (let row = columns.firstRow[trace] as number; row < end; row++) {
      if (flagged[row] === 1) side[trace] = Side.incident;
    }
  }
  return side;
}

function slowSides(columns: TraceColumns, level: number): Uint8Array {
  const entry = entriesOf(columns);
  const durations = Float64Array.from(columns.root, (row) => columns.durationNanos[row] as number);
  const side = new Uint8Array(durations.length).fill(Side.baseline);
  for (const traces of Map.groupBy(entry.keys(), (trace) => entry[trace]).values()) {
    const sorted = Float64Array.from(traces, (trace) => durations[trace] as number).sort();
    const limit = quantile(sorted, level);
    // Where all take the same time none is slow.
    const fastest = sorted[0] as number;
    for (const trace of traces) {
      const duration = durations[trace] as number;
      if (duration >= limit && duration > fastest) side[trace] = Side.incident;
    }
  }
  return side;
}
