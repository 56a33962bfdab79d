// One span against a TraceQuery, as the store's SQL decides it (TraceReader's contract). Paging needs it: which of a
// trace's spans matched, the store does not say.

import type { AttributeFilter, TraceQuery } from "@culprit/store";
import {
  type Attributes,
  type Span,
  SpanKind,
  StatusCode,
  serviceName,
} from "@culprit/trace-model";
import { valueText } from "@culprit/wire";

export function matchesQuery(span: Span, query: TraceQuery): boolean {
  if (query.service !== undefined && serviceName(span.resource) !== query.service) return false;
  if (query.operation !== undefined && span.name !== query.operation) return false;
  const { startUnixNano } = span;
  if (query.startMinUnixNano !== undefined && startUnixNano < query.startMinUnixNano) return false;
  if (query.startMaxUnixNano !== undefined && startUnixNano > query.startMaxUnixNano) return false;
  const durationNanos = Math.max(0, Number(span.endUnixNano - startUnixNano));
  if (query.durationMinNanos !== undefined && durationNanos < query.durationMinNanos) return false;
  if (query.durationMaxNanos !== undefined && durationNanos > query.durationMaxNanos) return false;
  return (query.attributes ?? []).every((filter) => matchesAttribute(span, filter));
}

function matchesAttribute(span: Span, { key, value }: AttributeFilter): boolean {
  const isError = span.statusCode === StatusCode.error;
  if (key === "error" && (value === "true" || value === "false"))
    return isError === (value === "true");
  if (key === "span.kind") return numberOf(SpanKind, value) === span.kind;
  if (key === "span.status") return numberOf(StatusCode, value) === span.statusCode;
  if (key === "scope.name") return span.scope.name === value;
  if (key === "scope.version") return span.scope.version === value;
  const has = (attributes: Attributes, name: string): boolean => {
    const found = attributes.get(name);
    return found !== undefined && valueText(found) === value;
  };
  if (key.startsWith("resource.")) return has(span.resource.attributes, key.slice(9));
  if (key === "event" && span.events.some((event) => event.name === value)) return true;
  return [
    span.attributes,
    span.resource.attributes,
    span.scope.attributes,
    ...span.events.map((event) => event.attributes),
    ...span.links.map((link) => link.attributes),
  ].some((attributes) => has(attributes, key));
}

function numberOf(names: Readonly<Record<string, number>>, name: string): number | undefined {
  return names[name.toLowerCase()];
}
