// Spans to OTLP/JSON as proto3 writes it: defaults left out, 64-bit integers as strings, ids in lower-case hex.

import type { Attributes, Span, SpanEvent, SpanLink } from "@culprit/trace-model";
import { keyValuesOf, type OtlpJsonKeyValue } from "./otlp-json-values.ts";
import { groupSpans } from "./span-groups.ts";

export interface OtlpJsonDocument {
  readonly resourceSpans: readonly OtlpJsonResourceSpans[];
}

export interface OtlpJsonResourceSpans {
  readonly resource: {
    readonly attributes?: readonly OtlpJsonKeyValue[];
    readonly droppedAttributesCount?: number;
  };
  readonly scopeSpans: readonly OtlpJsonScopeSpans[];
  readonly schemaUrl?: string;
}

export interface OtlpJsonScopeSpans {
  readonly scope: {
    readonly name?: string;
    readonly version?: string;
    readonly attributes?: readonly OtlpJsonKeyValue[];
    readonly droppedAttributesCount?: number;
  };
  readonly spans: readonly OtlpJsonSpan[];
  readonly schemaUrl?: string;
}

export interface OtlpJsonSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState?: string;
  readonly parentSpanId?: string;
  readonly flags?: number;
  readonly name?: string;
  readonly kind?: number;
  readonly startTimeUnixNano?: string;
  readonly endTimeUnixNano?: string;
  readonly attributes?: readonly OtlpJsonKeyValue[];
  readonly droppedAttributesCount?: number;
  readonly events?: readonly OtlpJsonEvent[];
  readonly droppedEventsCount?: number;
  readonly links?: readonly OtlpJsonLink[];
  readonly droppedLinksCount?: number;
  readonly status?: { readonly message?: string; readonly code?: number };
}

export interface OtlpJsonEvent {
  readonly timeUnixNano?: string;
  readonly name?: string;
  readonly attributes?: readonly OtlpJsonKeyValue[];
  readonly droppedAttributesCount?: number;
}

export interface OtlpJsonLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState?: string;
  readonly attributes?: readonly OtlpJsonKeyValue[];
  readonly droppedAttributesCount?: number;
  readonly flags?: number;
}

/** One document without line breaks. */
export function encodeOtlpJson(spans: readonly Span[]): string {
  return JSON.stringify(otlpJsonOf(spans));
}

/** To be written by JSON.stringify. */
export function otlpJsonOf(spans: readonly Span[]): OtlpJsonDocument {
  return {
    resourceSpans: groupSpans(spans).map(({ resource, scopes }) => ({
      resource: {
        ...attributesOf(resource.attributes),
        ...count("droppedAttributesCount", resource.droppedAttributesCount),
      },
      scopeSpans: scopes.map(({ scope, spans: group }) => ({
        scope: {
          ...text("name", scope.name),
          ...text("version", scope.version),
          ...attributesOf(scope.attributes),
          ...count("droppedAttributesCount", scope.droppedAttributesCount),
        },
        spans: group.map(spanOf),
        ...text("schemaUrl", scope.schemaUrl),
      })),
      ...text("schemaUrl", resource.schemaUrl),
    })),
  };
}

function spanOf(span: Span): OtlpJsonSpan {
  const { statusCode, statusMessage } = span;
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...text("traceState", span.traceState),
    ...text("parentSpanId", span.parentSpanId),
    ...count("flags", span.flags),
    ...text("name", span.name),
    ...count("kind", span.kind),
    ...time("startTimeUnixNano", span.startUnixNano),
    ...time("endTimeUnixNano", span.endUnixNano),
    ...attributesOf(span.attributes),
    ...count("droppedAttributesCount", span.droppedAttributesCount),
    ...(span.events.length === 0 ? undefined : { events: span.events.map(eventOf) }),
    ...count("droppedEventsCount", span.droppedEventsCount),
    ...(span.links.length === 0 ? undefined : { links: span.links.map(linkOf) }),
    ...count("droppedLinksCount", span.droppedLinksCount),
    ...(statusCode === 0 && statusMessage === ""
      ? undefined
      : { status: { ...text("message", statusMessage), ...count("code", statusCode) } }),
  };
}

function eventOf(event: SpanEvent): OtlpJsonEvent {
  return {
    ...time("timeUnixNano", event.timeUnixNano),
    ...text("name", event.name),
    ...attributesOf(event.attributes),
    ...count("droppedAttributesCount", event.droppedAttributesCount),
  };
}

function linkOf(link: SpanLink): OtlpJsonLink {
  return {
    traceId: link.traceId,
    spanId: link.spanId,
    ...text("traceState", link.traceState),
    ...attributesOf(link.attributes),
    ...count("droppedAttributesCount", link.droppedAttributesCount),
    ...count("flags", link.flags),
  };
}

type One<K extends string, V> = { readonly [key in K]: V };

function text<K extends string>(key: K, value: string): One<K, string> | undefined {
  return value === "" ? undefined : one(key, value);
}

function count<K extends string>(key: K, value: number): One<K, number> | undefined {
  return value === 0 ? undefined : one(key, value);
}

function time<K extends string>(key: K, value: bigint): One<K, string> | undefined {
  return value === 0n ? undefined : one(key, String(value));
}

function attributesOf(
  attributes: Attributes,
): One<"attributes", readonly OtlpJsonKeyValue[]> | undefined {
  return attributes.size === 0 ? undefined : { attributes: keyValuesOf(attributes) };
}

function one<K extends string, V>(key: K, value: V): One<K, V> {
  return { [key]: value } as One<K, V>;
}
