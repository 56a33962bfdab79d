// A span's duration minus the union of its children's intervals clipped to it, over the spans of many traces.

import { SpanKind, type TraceColumns } from "@culprit/trace-model";

/** Nanoseconds, one a row. */
export function exclusiveTimes(columns: TraceColumns): Float64Array {
  const { parent, startNanos, durationNanos, kind } = columns;
  const exclusive = durationNanos.slice();
  // Up to where each span is covered by the children seen so far: they come by start.
  const reached = startNanos.slice();
  for (let row = 0; row < parent.length; row++) {
    const above = parent[row] as number;
    if (above < 0) continue;
    // A consumer works on its own time.
    if (kind[above] === SpanKind.producer && kind[row] === SpanKind.consumer) continue;
    const start = startNanos[row] as number;
    const aboveEnd = (startNanos[above] as number) + (durationNanos[above] as number);
    const end = Math.min(start + (durationNanos[row] as number), aboveEnd);
    const from = Math.max(start, reached[above] as number);
    if (end <= from) continue;
    exclusive[above] = (exclusive[above] as number) - (end - from);
    reached[above] = end;
  }
  return exclusive;
}
