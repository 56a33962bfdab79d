// A span as Jaeger holds it, whatever the form in which it is then written. Jaeger has no place for schema URLs, scope and
// link attributes and dropped counts; the rest of OTLP goes into tags.
// https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/jaeger/

import {
  type AttributeValue,
  type Resource,
  type Span,
  type SpanEvent,
  type SpanLink,
  StatusCode,
} from "@culprit/trace-model";
import { nameOfKind, nameOfStatus } from "./foreign-tags.ts";
import { CHILD_OF, FOLLOWS_FROM, REFERENCE_KEY, WARNINGS_KEY } from "./jaeger-json.ts";
import type { Reference } from "./jaeger-references.ts";

export type JaegerField = readonly [key: string, value: AttributeValue];

/** W3C trace flags; above them OTLP keeps bits of its own. */
const TRACE_FLAGS_MASK = 0xff;

export function jaegerFlags(span: Span): number {
  return span.flags & TRACE_FLAGS_MASK;
}

/** A span that ends before it starts has no length. */
export function jaegerDuration({ startUnixNano, endUnixNano }: Span): bigint {
  return endUnixNano > startUnixNano ? endUnixNano - startUnixNano : 0n;
}

export function jaegerTags(span: Span): JaegerField[] {
  const tags: JaegerField[] = [];
  const add = (key: string, value: AttributeValue | undefined) => {
    if (value !== undefined && value !== "") tags.push([key, value]);
  };
  add("otel.scope.name", span.scope.name);
  add("otel.scope.version", span.scope.version);
  for (const attribute of span.attributes) {
    if (attribute[0] !== WARNINGS_KEY || warningTexts(attribute[1]) === undefined) {
      tags.push(attribute);
    }
  }
  add("otel.status_code", nameOfStatus(span.statusCode));
  if (span.statusCode === StatusCode.error) add("error", true);
  add("otel.status_description", span.statusMessage);
  add("w3c.tracestate", span.traceState);
  add("span.kind", nameOfKind(span.kind));
  return tags;
}

/** All but the service's name, which has a place of its own. */
export function jaegerProcessTags(resource: Resource): JaegerField[] {
  return Array.from(resource.attributes).filter(
    ([key, value]) => key !== "service.name" || typeof value !== "string",
  );
}

export function jaegerLogFields(event: SpanEvent): JaegerField[] {
  const fields = Array.from(event.attributes);
  const isNamed = event.name !== "" && !event.attributes.has("event");
  return isNamed ? [["event", event.name], ...fields] : fields;
}

export function jaegerReferences(span: Span): Reference[] {
  const references: Reference[] = [];
  const isFollowing = span.links.some(
    (link) => isLinkToParent(link, span) && referenceKind(link) === FOLLOWS_FROM,
  );
  if (span.parentSpanId !== "" && !isFollowing) {
    references.push({ refType: "CHILD_OF", traceId: span.traceId, spanId: span.parentSpanId });
  }
  for (const link of span.links) {
    references.push({
      refType: referenceKind(link) === CHILD_OF ? "CHILD_OF" : "FOLLOWS_FROM",
      traceId: link.traceId,
      spanId: link.spanId,
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

/** Those that the span carries in `@jaeger@warnings`. */
export function jaegerWarnings(span: Span): readonly string[] {
  return warningTexts(span.attributes.get(WARNINGS_KEY)) ?? [];
}

function warningTexts(value: AttributeValue | undefined): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.every((text) => typeof text === "string") ? value : undefined;
}
