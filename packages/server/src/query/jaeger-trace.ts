// A trace as Jaeger's v1 API shows it. Unless it is asked for raw, Jaeger tidies it first: copies are shown once, tags
// are sorted, and what is odd about a span is said in its warnings.

import { assembleTrace, type Span, type Trace } from "@culprit/trace-model";
import {
  encodeJaegerTrace,
  type JaegerSpan,
  type JaegerTag,
  type JaegerTrace,
} from "@culprit/wire";
import { clockSkewWarnings } from "./clock-skew.ts";

/** @param spans all of one trace, at least one */
export function jaegerTraceOf(spans: readonly Span[], isRaw: boolean): JaegerTrace {
  if (isRaw) return encodeJaegerTrace(spans);
  const trace = assembleTrace(spans);
  const encoded = encodeJaegerTrace(assembledSpans(trace), warningsBySpan(trace));
  const processes = Object.entries(encoded.processes).map(([id, process]) => [
    id,
    { ...process, tags: sorted(process.tags) },
  ]);
  return {
    ...encoded,
    spans: encoded.spans.map(tidySpan),
    processes: Object.fromEntries(processes),
  };
}

/** With the ids that assembly gave to the halves of a shared id. */
function assembledSpans(trace: Trace): Span[] {
  return trace.spans.map((span, row) => {
    const spanId = trace.spanIds[row] ?? span.spanId;
    const parentSpanId = trace.spanIds[trace.parent[row] ?? -1] ?? span.parentSpanId;
    const isAsReceived = spanId === span.spanId && parentSpanId === span.parentSpanId;
    return isAsReceived ? span : { ...span, spanId, parentSpanId };
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

function tidySpan(span: JaegerSpan): JaegerSpan {
  return {
    ...span,
    tags: sorted(span.tags),
    logs: span.logs.map((log) => ({ ...log, fields: sorted(log.fields) })),
  };
}

function sorted(tags: readonly JaegerTag[]): JaegerTag[] {
  return tags.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}
