import type { Span } from "./span.ts";

/** Traces in the order of their first span, spans as they came. */
export function groupByTrace(spans: Iterable<Span>): Map<string, Span[]> {
  const groups = new Map<string, Span[]>();
  for (const span of spans) {
    const group = groups.get(span.traceId);
    if (group === undefined) groups.set(span.traceId, [span]);
    else group.push(span);
  }
  return groups;
}
