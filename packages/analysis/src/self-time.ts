// A span's duration minus the union of its children's intervals clipped to it. Children come by start, so that one
// pass with the furthest end so far counts overlapping ones once.

import { float64Column, type Trace } from "@culprit/trace-model";

/** Nanoseconds, one a row. */
export function selfTimes(trace: Trace): Float64Array {
  const { parent, startNanos, durationNanos } = trace;
  const count = parent.length;
  const self = float64Column(count);
  // Up to where each span is covered by the children seen so far.
  const reached = float64Column(count);
  for (let row = 0; row < count; row++) {
    self[row] = durationNanos[row] as number;
    reached[row] = startNanos[row] as number;
    const above = parent[row] as number;
    if (above < 0) continue;
    const start = startNanos[row] as number;
    const aboveEnd = (startNanos[above] as number) + (durationNanos[above] as number);
    const end = Math.min(start + (durationNanos[row] as number), aboveEnd);
    const from = Math.max(start, reached[above] as number);
    if (end <= from) continue;
    self[above] = (self[above] as number) - (end - from);
    reached[above] = end;
  }
  return self;
}
