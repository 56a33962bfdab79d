// The spans of a trace as Jaeger answers them, in whichever of its forms. Unless they are asked for raw, Jaeger tidies
// them first: copies are shown once, attributes are sorted, and what is odd about a span is said in its warnings, which
// travel as the attribute `@jaeger@warnings`.

import {
  type Attributes,
  assembleTrace,
  type Resource,
  type Scope,
  type Span,
  type Trace,
} from "@culprit/trace-model";
import { valueText, WARNINGS_KEY } from "@culprit/wire";
import { clockSkewWarnings } from "./clock-skew.ts";

/** @param spans all of one trace, at least one */
export function adjustedSpans(spans: readonly Span[], isRaw: boolean): readonly Span[] {
  if (isRaw) return spans;
  const trace = assembleTrace(spans);
  const warnings = warningsBySpan(trace);
  const shared = new TidyObjects();
  return trace.spans.map((span, row) => {
    // Assembly gave ids to the halves of a shared one.
    const spanId = trace.spanIds[row] ?? span.spanId;
    return {
      ...span,
      spanId,
      parentSpanId: trace.spanIds[trace.parent[row] ?? -1] ?? span.parentSpanId,
      attributes: withWarnings(sorted(span.attributes), warnings.get(spanId)),
      events: span.events.map((event) => ({ ...event, attributes: sorted(event.attributes) })),
      links: span.links.map((link) => ({ ...link, attributes: sorted(link.attributes) })),
      resource: shared.of(span.resource),
      scope: shared.of(span.scope),
    };
  });
}

function warningsBySpan(trace: Trace): Map<string, string[]> {
  const warnings = new Map<string, string[]>();
  for (const { spanId, message } of [...trace.spanWarnings, ...clockSkewWarnings(trace)]) {
    const known = warnings.get(spanId);
    if (known === undefined) warnings.set(spanId, [message]);
    else known.push(message);
  }
  return warnings;
}

function withWarnings(attributes: Attributes, warnings: readonly string[] | undefined): Attributes {
  if (warnings === undefined) return attributes;
  const own = attributes.get(WARNINGS_KEY) ?? [];
  const texts = Array.isArray(own) ? own.map(valueText) : [valueText(own)];
  return new Map([...attributes, [WARNINGS_KEY, [...texts, ...warnings]]]);
}

function sorted(attributes: Attributes): Attributes {
  if (attributes.size < 2) return attributes;
  return new Map([...attributes].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Spans that shared a resource or a scope share it tidied, too. Schema URLs are in raw answers alone: Jaeger has none. */
class TidyObjects {
  readonly #made = new Map<Resource | Scope, Resource | Scope>();

  of<T extends Resource | Scope>(object: T): T {
    let made = this.#made.get(object);
    if (made === undefined) {
      made = { ...object, attributes: sorted(object.attributes), schemaUrl: "" };
      this.#made.set(object, made);
    }
    return made as T;
  }
}
