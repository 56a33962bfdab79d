// "The same OTLP/JSON document", worked out on the documents themselves and not through the code under test: equal
// multisets of (resource, its schema URL, scope, its schema URL, span), defaults dropped, ids in lower case, attributes
// by key, int64 as strings.

import assert from "node:assert/strict";

type Json = { readonly [key: string]: unknown };

const IDS = new Set(["traceId", "spanId", "parentSpanId"]);

function normal(value: unknown, key: string): unknown {
  if (Array.isArray(value)) {
    const elements = value.map((element) => normal(element, ""));
    if (key !== "attributes") return elements;
    return elements.map((element) => JSON.stringify(element)).sort();
  }
  if (typeof value === "object" && value !== null) {
    const isAnyValue = Object.keys(value).some((name) => name.endsWith("Value"));
    const fields = Object.entries(value)
      .map(([name, held]) => [name, normal(held, name)] as const)
      .filter(([, held]) => isAnyValue || !isDefault(held));
    return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  if (IDS.has(key) && typeof value === "string") return value.toLowerCase();
  if ((key === "intValue" || key.endsWith("UnixNano")) && value !== "0") return String(value);
  return value;
}

function isDefault(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === "0") {
    return true;
  }
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function tuples(document: Json): string[] {
  const found: string[] = [];
  for (const rs of document.resourceSpans as Json[]) {
    for (const ss of (rs.scopeSpans ?? []) as Json[]) {
      for (const span of (ss.spans ?? []) as Json[]) {
        const tuple = {
          resource: rs.resource,
          resourceSchemaUrl: rs.schemaUrl,
          scope: ss.scope,
          scopeSchemaUrl: ss.schemaUrl,
          span,
        };
        found.push(JSON.stringify(normal(tuple, ""), null, 1));
      }
    }
  }
  return found.sort();
}

export function assertSameOtlp(actual: unknown, expected: unknown): void {
  const wanted = tuples(expected as Json);
  assert.ok(wanted.length > 0, "a document without spans proves nothing");
  assert.deepEqual(tuples(actual as Json), wanted);
}
