// A span as OTLP carries it, nothing lost. https://github.com/open-telemetry/opentelemetry-proto (trace.proto)

import type { Attributes } from "./attribute.ts";

/** Absolute time: nanoseconds since the epoch, 0 to 2^64-1; a span may claim any of them. */
export type UnixNanos = bigint;

/** A length of time in nanoseconds; exact up to 2^53-1 (104 days). */
export type DurationNanos = number;

export const SpanKind = {
  unspecified: 0,
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
} as const;
/** As OTLP numbers it; a number that OTLP does not know is kept as it came. */
export type SpanKind = number;

export const StatusCode = { unset: 0, ok: 1, error: 2 } as const;
export type StatusCode = number;

export interface Resource {
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly schemaUrl: string;
}

export interface Scope {
  readonly name: string;
  readonly version: string;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly schemaUrl: string;
}

export interface SpanEvent {
  readonly timeUnixNano: UnixNanos;
  readonly name: string;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
}

export interface SpanLink {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly flags: number;
}

export interface Span {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  /** 16 lower-case hex digits, or "" for a span without a parent. */
  readonly parentSpanId: string;
  readonly traceState: string;
  /** W3C trace flags and OTLP's "parent is remote" bits, 0 to 2^32-1. */
  readonly flags: number;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startUnixNano: UnixNanos;
  /** As it came: may lie before the start. */
  readonly endUnixNano: UnixNanos;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly events: readonly SpanEvent[];
  readonly droppedEventsCount: number;
  readonly links: readonly SpanLink[];
  readonly droppedLinksCount: number;
  readonly statusCode: StatusCode;
  readonly statusMessage: string;
  /** Spans of one process share one object where the reader can tell. */
  readonly resource: Resource;
  readonly scope: Scope;
}

export const UNKNOWN_SERVICE = "unknown_service";

/** The resource's `service.name`, or {@link UNKNOWN_SERVICE}. */
export function serviceName(resource: Resource): string {
  const name = resource.attributes.get("service.name");
  return typeof name === "string" && name !== "" ? name : UNKNOWN_SERVICE;
}
