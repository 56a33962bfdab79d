// Spans as text to be read: one line a field, what is empty left out.

import {
  type Attributes,
  type AttributeValue,
  type Resource,
  type Span,
  SpanKind,
  StatusCode,
} from "@culprit/trace-model";

const KINDS = Object.keys(SpanKind);
const STATUSES = Object.keys(StatusCode);

export function textOfSpans(spans: readonly Span[]): string {
  const lines: string[] = [];
  let resource: Resource | undefined;
  for (const span of spans) {
    if (span.resource !== resource) {
      resource = span.resource;
      lines.push("resource", ...attributeLines(resource.attributes));
    }
    lines.push("", ...spanLines(span));
  }
  return `${lines.join("\n")}\n`;
}

function spanLines(span: Span): string[] {
  const { name, version } = span.scope;
  return [
    `span ${JSON.stringify(span.name)}`,
    `  trace ${span.traceId}`,
    `  id ${span.spanId}${span.parentSpanId === "" ? "" : `, parent ${span.parentSpanId}`}`,
    `  from ${span.startUnixNano} for ${span.endUnixNano - span.startUnixNano} ns`,
    ...(span.flags === 0 ? [] : [`  flags ${span.flags}`]),
    ...(span.kind === SpanKind.unspecified ? [] : [`  kind ${KINDS[span.kind]}`]),
    ...(span.statusCode === StatusCode.unset
      ? []
      : [`  status ${STATUSES[span.statusCode]} ${JSON.stringify(span.statusMessage)}`]),
    ...(span.traceState === "" ? [] : [`  trace state ${span.traceState}`]),
    ...(name === "" && version === "" ? [] : [`  scope ${JSON.stringify([name, version])}`]),
    ...attributeLines(span.attributes),
    ...span.events.flatMap((event) => [
      `  event ${JSON.stringify(event.name)} at ${event.timeUnixNano}`,
      ...attributeLines(event.attributes, "    "),
    ]),
    ...span.links.flatMap((link) => [
      `  link ${link.traceId} ${link.spanId}`,
      ...attributeLines(link.attributes, "    "),
    ]),
  ];
}

function attributeLines(attributes: Attributes, indent = "  "): string[] {
  return Array.from(attributes, ([key, value]) => `${indent}${key} = ${valueText(value)}`);
}

/** With its type: 1 is a double, 1n an integer. */
function valueText(value: AttributeValue): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString("hex")}`;
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  return JSON.stringify(value);
}
