import type { Attribute, SpanDetail } from "@culprit/api";
import {
  type Attributes,
  type AttributeValue,
  type Span,
  SpanKind,
  StatusCode,
  serviceName,
  type Trace,
} from "@culprit/trace-model";
import { valueText } from "@culprit/wire";
import { clockSkewWarnings } from "./clock-skew.ts";

/** Everything about one span; undefined when the trace has no such span. */
export function spanDetailOf(trace: Trace, spanId: string): SpanDetail | undefined {
  const row = trace.spanIds.indexOf(spanId);
  const span = trace.spans[row];
  if (span === undefined) return undefined;
  const parent = trace.parent[row] ?? -1;
  return {
    traceId: span.traceId,
    spanId,
    parentSpanId: parentSpanIdOf(span, trace.spanIds[parent]),
    service: serviceName(span.resource),
    operation: span.name,
    kind: kindName(span.kind),
    startUnixNano: span.startUnixNano.toString(),
    durationNanos: trace.durationNanos[row] ?? 0,
    status: { code: statusName(span.statusCode), message: span.statusMessage },
    traceState: span.traceState,
    flags: span.flags,
    attributes: attributesOf(span.attributes),
    events: span.events.map((event) => ({
      timeUnixNano: event.timeUnixNano.toString(),
      name: event.name,
      attributes: attributesOf(event.attributes),
    })),
    links: span.links.map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId,
      attributes: attributesOf(link.attributes),
    })),
    resource: attributesOf(span.resource.attributes),
    scope: {
      name: span.scope.name,
      version: span.scope.version,
      attributes: attributesOf(span.scope.attributes),
    },
    warnings: warningsOf(trace, spanId),
  };
}

/** As assembled, where the parent is there; else as the span says. */
function parentSpanIdOf(span: Span, assembled: string | undefined): string | null {
  if (assembled !== undefined) return assembled;
  return span.parentSpanId === "" ? null : span.parentSpanId;
}

function warningsOf(trace: Trace, spanId: string): string[] {
  return [...trace.spanWarnings, ...clockSkewWarnings(trace)]
    .filter((warning) => warning.spanId === spanId)
    .map((warning) => warning.message);
}

function kindName(kind: number): SpanDetail["kind"] {
  const names = Object.keys(SpanKind) as (keyof typeof SpanKind)[];
  return names.find((name) => SpanKind[name] === kind) ?? "unspecified";
}

function statusName(code: number): SpanDetail["status"]["code"] {
  if (code === StatusCode.error) return "error";
  return code === StatusCode.ok ? "ok" : "unset";
}

export function attributesOf(attributes: Attributes): Attribute[] {
  return Array.from(attributes, ([key, value]) => ({
    key,
    type: typeOf(value),
    value: valueText(value),
  }));
}

function typeOf(value: AttributeValue): Attribute["type"] {
  if (value === null) return "null";
  if (value instanceof Uint8Array) return "bytes";
  if (Array.isArray(value)) return "array";
  switch (typeof value) {
    case "string":
      return "string";
    case "boolean":
      return "bool";
    case "bigint":
      return "int64";
    case "number":
      return "double";
    default:
      return "map";
  }
}
