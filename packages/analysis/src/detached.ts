// Work that nobody waits for: what a producer left to a consumer, and what only follows from its parent (OpenTracing).

import { type Span, SpanKind } from "@culprit/trace-model";

const REFERENCE_KEY = "opentracing.ref_type";
const FOLLOWS_FROM = "follows_from";

export function isDetached(parent: Span, child: Span): boolean {
  if (child.kind === SpanKind.consumer && parent.kind === SpanKind.producer) return true;
  return child.links.length > 0 && followsFromParent(child);
}

function followsFromParent({ links, traceId, parentSpanId }: Span): boolean {
  return links.some(
    (link) =>
      link.spanId === parentSpanId &&
      link.traceId === traceId &&
      link.attributes.get(REFERENCE_KEY) === FOLLOWS_FROM,
  );
}
