// What "the same spans" means: equal multisets, in any order and however grouped.

import assert from "node:assert/strict";
import type { Span } from "@culprit/trace-model";

function textOf(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString("hex")}`;
  if (value instanceof Map) {
    const entries = Array.from(value, ([key, held]) => `${JSON.stringify(key)}: ${textOf(held)}`);
    return `map {${entries.sort().join(", ")}}`;
  }
  if (Array.isArray(value)) return `[${value.map(textOf).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, held]) => `${key}: ${textOf(held)}`);
    return `{${entries.sort().join(",\n")}}`;
  }
  return JSON.stringify(value);
}

export function assertSameSpans(actual: readonly Span[], expected: readonly Span[]): void {
  assert.deepEqual(actual.map(textOf).sort(), expected.map(textOf).sort());
}
