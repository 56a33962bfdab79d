import type { TracePage } from "@culprit/api";
import { type Trace, unixNanosAt } from "@culprit/trace-model";

/** The columns that the waterfall draws; rows stay in the trace's order. */
export function tracePageOf(trace: Trace): TracePage {
  const rows = trace.spans.length;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  const depth: number[] = new Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = trace.startNanos[row] ?? 0;
    first = Math.min(first, start);
    last = Math.max(last, start + (trace.durationNanos[row] ?? 0));
    // A parent's row is lower than its children's.
    const parent = trace.parent[row] ?? -1;
    depth[row] = parent === -1 ? 0 : (depth[parent] ?? 0) + 1;
  }
  return {
    schema: 1,
    traceId: trace.traceId,
    startUnixNano: unixNanosAt(trace, first).toString(),
    durationNanos: last - first,
    warnings: [...trace.warnings],
    services: [...trace.services],
    operations: trace.operations.map(({ name }) => name),
    spans: {
      spanId: [...trace.spanIds],
      parent: Array.from(trace.parent),
      depth,
      service: Array.from(trace.service),
      operation: Array.from(trace.operation),
      kind: trace.spans.map((span) => span.kind),
      startNanos: Array.from(trace.startNanos, (start) => start - first),
      durationNanos: Array.from(trace.durationNanos),
      status: trace.spans.map((span) => span.statusCode),
    },
  };
}
