// A span's whole content as one text, equal exactly when the content is equal whatever the order of attributes.
// Only for copies of one span id, which are few: it costs microseconds.

import type { Attributes, AttributeValue } from "./attribute.ts";
import { hexOf } from "./hex.ts";
import type { Span } from "./span.ts";

type Content = string | number | boolean | readonly Content[];

function valueContent(value: AttributeValue): Content {
  if (typeof value === "bigint") return ["int", value.toString()];
  if (typeof value === "number") {
    return ["double", Object.is(value, -0) ? "-0" : value.toString()];
  }
  if (typeof value !== "object") return value;
  if (value === null) return ["null"];
  if (value instanceof Uint8Array) return ["bytes", hexOf(value, 0, value.length)];
  if (isMap(value)) return ["map", ...attributesContent(value)];
  return ["array", ...value.map(valueContent)];
}

function isMap(value: readonly AttributeValue[] | Attributes): value is Attributes {
  return value instanceof Map;
}

function attributesContent(attributes: Attributes): readonly Content[] {
  return [...attributes.keys()]
    .sort()
    .map((key) => [key, valueContent(attributes.get(key) ?? null)]);
}

export function spanContent(span: Span): string {
  const { resource, scope } = span;
  const content: Content = [
    span.traceId,
    span.spanId,
    span.parentSpanId,
    span.traceState,
    span.flags,
    span.name,
    span.kind,
    span.startUnixNano.toString(),
    span.endUnixNano.toString(),
    attributesContent(span.attributes),
    span.droppedAttributesCount,
    span.events.map((event) => [
      event.timeUnixNano.toString(),
      event.name,
      attributesContent(event.attributes),
      event.droppedAttributesCount,
    ]),
    span.droppedEventsCount,
    span.links.map((link) => [
      link.traceId,
      link.spanId,
      link.traceState,
      attributesContent(link.attributes),
      link.droppedAttributesCount,
      link.flags,
    ]),
    span.droppedLinksCount,
    span.statusCode,
    span.statusMessage,
    [attributesContent(resource.attributes), resource.droppedAttributesCount, resource.schemaUrl],
    [
      scope.name,
      scope.version,
      attributesContent(scope.attributes),
      scope.droppedAttributesCount,
      scope.schemaUrl,
    ],
  ];
  return JSON.stringify(content);
}
