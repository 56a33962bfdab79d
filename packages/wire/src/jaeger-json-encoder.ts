// Spans of one trace to Jaeger's trace JSON.

import { type Resource, type Span, type SpanEvent, serviceName } from "@culprit/trace-model";
import { exactNumber } from "./exact-json.ts";
import {
  type JaegerField,
  jaegerDuration,
  jaegerFlags,
  jaegerLogFields,
  jaegerProcessTags,
  jaegerReferences,
  jaegerTags,
  jaegerWarnings,
} from "./jaeger-fields.ts";
import type {
  JaegerLog,
  JaegerProcess,
  JaegerReference,
  JaegerSpan,
  JaegerTag,
  JaegerTrace,
} from "./jaeger-json.ts";
import type { Reference } from "./jaeger-references.ts";
import { base64Of } from "./otlp-json-values.ts";
import { valueText } from "./value-text.ts";

const NANOS_PER_MICRO = 1000n;

/** @param spans of one trace, at least one */
export function encodeJaegerTrace(spans: readonly Span[]): JaegerTrace {
  const processes = new ProcessTable();
  const [first] = spans;
  return {
    traceID: first === undefined ? "" : shortTraceId(first.traceId),
    spans: spans.map((span) => spanOf(span, processes.idOf(span.resource))),
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
    const process = {
      serviceName: serviceName(resource),
      tags: jaegerProcessTags(resource).map(tagOf),
    };
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

function spanOf(span: Span, processID: string): JaegerSpan {
  const flags = jaegerFlags(span);
  const warnings = jaegerWarnings(span);
  return {
    traceID: shortTraceId(span.traceId),
    spanID: span.spanId,
    ...(flags === 0 ? undefined : { flags }),
    operationName: span.name,
    references: jaegerReferences(span).map(referenceOf),
    startTime: Number(span.startUnixNano / NANOS_PER_MICRO),
    duration: Number(jaegerDuration(span) / NANOS_PER_MICRO),
    tags: jaegerTags(span).map(tagOf),
    logs: span.events.map(logOf),
    processID,
    warnings: warnings.length === 0 ? null : warnings,
  };
}

function tagOf([key, value]: JaegerField): JaegerTag {
  if (typeof value === "boolean") return { key, type: "bool", value };
  if (typeof value === "bigint") {
    const number = Number(value);
    return { key, type: "int64", value: Number.isSafeInteger(number) ? number : String(value) };
  }
  if (typeof value === "number") return { key, type: "float64", value: numberOf(value) };
  if (value instanceof Uint8Array) return { key, type: "binary", value: base64Of(value) };
  return { key, type: "string", value: valueText(value) };
}

function numberOf(value: number): number | string {
  return Number.isFinite(value) ? (exactNumber(value) as number) : String(value);
}

function referenceOf({ refType, traceId, spanId }: Reference): JaegerReference {
  return { refType, traceID: shortTraceId(traceId), spanID: spanId };
}

function logOf(event: SpanEvent): JaegerLog {
  return {
    timestamp: Number(event.timeUnixNano / NANOS_PER_MICRO),
    fields: jaegerLogFields(event).map(tagOf),
  };
}

function shortTraceId(traceId: string): string {
  return traceId.startsWith("0000000000000000") ? traceId.slice(16) : traceId;
}
