// Spans of one trace to Jaeger's trace JSON. Jaeger has no place for schema URLs, scope and link attributes and dropped
// counts; the rest of OTLP goes into tags.
// https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/jaeger/

import {
  type Attributes,
  type AttributeValue,
  type Resource,
  type Span,
  type SpanEvent,
  type SpanLink,
  StatusCode,
  serviceName,
} from "@culprit/trace-model";
import { exactNumber } from "./exact-json.ts";
import { nameOfKind, nameOfStatus } from "./foreign-tags.ts";
import {
  CHILD_OF,
  FOLLOWS_FROM,
  type JaegerLog,
  type JaegerProcess,
  type JaegerReference,
  type JaegerSpan,
  type JaegerTag,
  type JaegerTrace,
  REFERENCE_KEY,
  WARNINGS_KEY,
} from "./jaeger-json.ts";
import { base64Of } from "./otlp-json-values.ts";
import { valueText } from "./value-text.ts";

const NANOS_PER_MICRO = 1000n;
/** W3C trace flags; above them OTLP keeps bits of its own. */
const TRACE_FLAGS_MASK = 0xff;

/**
 * @param spans of one trace, at least one
 * @param warnings by span id, in addition to those that a span carries in `@jaeger@warnings`
 */
export function encodeJaegerTrace(
  spans: readonly Span[],
  warnings?: ReadonlyMap<string, readonly string[]>,
): JaegerTrace {
  const processes = new ProcessTable();
  const [first] = spans;
  return {
    traceID: first === undefined ? "" : shortTraceId(first.traceId),
    spans: spans.map((span) => spanOf(span, processes.idOf(span.resource), warnings)),
    processes: processes.all(),
    warnings: null,
  };
}

/** Equal processes once, by content, numbered in order of appearance. */
class ProcessTable {
  readonly #idByContent = new Map<string, string>();
  readonly #idByResource = new Map<Resource, string>();
  readonly #processes: Record<string, JaegerProcess> = {};

  idOf(resource: Resource): string {
    let id = this.#idByResource.get(resource);
    if (id !== undefined) return id;
    const process = processOf(resource);
    const content = JSON.stringify(process);
    id = this.#idByContent.get(content);
    if (id === undefined) {
      id = `p${this.#idByContent.size + 1}`;
      this.#idByContent.set(content, id);
      this.#processes[id] = process;
    }
    this.#idByResource.set(resource, id);
    return id;
  }

  all(): { readonly [processID: string]: JaegerProcess } {
    return this.#processes;
  }
}

function processOf(resource: Resource): JaegerProcess {
  const tags: JaegerTag[] = [];
  for (const [key, value] of resource.attributes) {
    if (key !== "service.name" || typeof value !== "string") tags.push(tagOf(key, value));
  }
  return { serviceName: serviceName(resource), tags };
}

function spanOf(
  span: Span,
  processID: string,
  warnings: ReadonlyMap<string, readonly string[]> | undefined,
): JaegerSpan {
  const flags = span.flags & TRACE_FLAGS_MASK;
  const nanos = span.endUnixNano - span.startUnixNano;
  return {
    traceID: shortTraceId(span.traceId),
    spanID: span.spanId,
    ...(flags === 0 ? undefined : { flags }),
    operationName: span.name,
    references: referencesOf(span),
    startTime: Number(span.startUnixNano / NANOS_PER_MICRO),
    duration: nanos > 0n ? Number(nanos / NANOS_PER_MICRO) : 0,
    tags: tagsOf(span),
    logs: span.events.map(logOf),
    processID,
    warnings: warningsOf(span, warnings?.get(span.spanId)),
  };
}

function tagsOf(span: Span): JaegerTag[] {
  const tags: JaegerTag[] = [];
  const add = (key: string, value: AttributeValue | undefined) => {
    if (value !== undefined && value !== "") tags.push(tagOf(key, value));
  };
  add("otel.scope.name", span.scope.name);
  add("otel.scope.version", span.scope.version);
  for (const [key, value] of span.attributes) {
    if (key !== WARNINGS_KEY || warningTexts(value) === undefined) tags.push(tagOf(key, value));
  }
  add("otel.status_code", nameOfStatus(span.statusCode));
  if (span.statusCode === StatusCode.error) add("error", true);
  add("otel.status_description", span.statusMessage);
  add("w3c.tracestate", span.traceState);
  add("span.kind", nameOfKind(span.kind));
  return tags;
}

function tagOf(key: string, value: AttributeValue): JaegerTag {
  if (typeof value === "boolean") return { key, type: "bool", value };
  if (typeof value === "bigint") {
    const number = Number(value);
    return { key, type: "int64", value: Number.isSafeInteger(number) ? number : String(value) };
  }
  if (typeof value === "number") {
    const written = Number.isFinite(value) ? (exactNumber(value) as number) : String(value);
    return { key, type: "float64", value: written };
  }
  if (value instanceof Uint8Array) return { key, type: "binary", value: base64Of(value) };
  return { key, type: "string", value: valueText(value) };
}

function referencesOf(span: Span): JaegerReference[] {
  const references: JaegerReference[] = [];
  const isFollowing = span.links.some(
    (link) => isLinkToParent(link, span) && referenceKind(link) === FOLLOWS_FROM,
  );
  if (span.parentSpanId !== "" && !isFollowing) {
    references.push({
      refType: "CHILD_OF",
      traceID: shortTraceId(span.traceId),
      spanID: span.parentSpanId,
    });
  }
  for (const link of span.links) {
    references.push({
      refType: referenceKind(link) === CHILD_OF ? "CHILD_OF" : "FOLLOWS_FROM",
      traceID: shortTraceId(link.traceId),
      spanID: link.spanId,
    });
  }
  return references;
}

function isLinkToParent(link: SpanLink, span: Span): boolean {
  return link.spanId === span.parentSpanId && link.traceId === span.traceId;
}

function referenceKind(link: SpanLink): AttributeValue | undefined {
  return link.attributes.get(REFERENCE_KEY);
}

function logOf(event: SpanEvent): JaegerLog {
  const fields: JaegerTag[] = [];
  if (event.name !== "" && !event.attributes.has("event")) fields.push(tagOf("event", event.name));
  for (const [key, value] of event.attributes) fields.push(tagOf(key, value));
  return { timestamp: Number(event.timeUnixNano / NANOS_PER_MICRO), fields };
}

function warningsOf(span: Span, more: readonly string[] | undefined): string[] | null {
  const own = warningTexts(span.attributes.get(WARNINGS_KEY)) ?? [];
  const all = more === undefined ? own : [...own, ...more];
  return all.length === 0 ? null : all;
}

function warningTexts(value: AttributeValue | Attributes | undefined): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.every((text) => typeof text === "string") ? value : undefined;
}

function shortTraceId(traceId: string): string {
  return traceId.startsWith("0000000000000000") ? traceId.slice(16) : traceId;
}
