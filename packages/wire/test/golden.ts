// Goldens: what a fixture means, as text that a person can read and a diff can show. UPDATE_GOLDEN=1 rewrites them.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Attributes, AttributeValue, Span } from "@culprit/trace-model";

const root = join(import.meta.dirname, "golden");
const isUpdate = process.env.UPDATE_GOLDEN === "1";

/** The goldens of one folder, to be compared with one by one. */
export class Goldens {
  readonly #folder: string;
  readonly #compared = new Set<string>();

  constructor(folder: string) {
    this.#folder = join(root, folder);
  }

  compare(name: string, text: string): void {
    const path = join(this.#folder, `${name}.txt`);
    this.#compared.add(`${name}.txt`);
    if (isUpdate) {
      mkdirSync(this.#folder, { recursive: true });
      writeFileSync(path, text);
    }
    assert.ok(existsSync(path), `no golden of this name; UPDATE_GOLDEN=1 writes ${path}`);
    assert.equal(text, readFileSync(path, "utf8"));
  }

  /** After all comparisons: what nothing was compared with is an orphan. */
  assertNoOrphans(): void {
    const orphans = readdirSync(this.#folder).filter((name) => !this.#compared.has(name));
    assert.deepEqual(orphans, [], "goldens that nothing is compared with");
  }
}

const KINDS = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
const STATUSES = ["unset", "ok", "error"];

/** Spans in their order, one paragraph each; what is empty is left out. */
export function spansText(spans: readonly Span[]): string {
  return `${spans.map(spanText).join("\n\n")}\n`;
}

function spanText(span: Span): string {
  const nanos = span.endUnixNano - span.startUnixNano;
  const links = span.links.flatMap((link) => [
    `  link ${link.traceId} ${link.spanId}`,
    ...attributesText("    ", link.attributes),
  ]);
  const events = span.events.flatMap((event) => [
    `  event ${JSON.stringify(event.name)} at ${event.timeUnixNano}`,
    ...attributesText("    ", event.attributes),
  ]);
  const scope = `${span.scope.name} ${span.scope.version}`.trim();
  return [
    `${JSON.stringify(span.name)} ${KINDS[span.kind] ?? span.kind}`,
    `  trace ${span.traceId} span ${span.spanId}${span.parentSpanId === "" ? "" : ` parent ${span.parentSpanId}`}`,
    `  from ${span.startUnixNano} for ${nanos} ns`,
    ...(span.flags === 0 ? [] : [`  flags ${span.flags}`]),
    ...(span.statusCode === 0 && span.statusMessage === ""
      ? []
      : [`  status ${STATUSES[span.statusCode]} ${JSON.stringify(span.statusMessage)}`]),
    ...(span.traceState === "" ? [] : [`  trace state ${JSON.stringify(span.traceState)}`]),
    "  resource",
    ...attributesText("    ", span.resource.attributes),
    ...(scope === "" ? [] : [`  scope ${scope}`]),
    ...(span.attributes.size === 0 ? [] : ["  attributes"]),
    ...attributesText("    ", span.attributes),
    ...events,
    ...links,
  ].join("\n");
}

function attributesText(indent: string, attributes: Attributes): string[] {
  return [...attributes]
    .map(([key, value]) => `${indent}${key}: ${valueText(value)}`)
    .sort((a, b) => (a < b ? -1 : 1));
}

/** A value with its type: text in quotes, doubles with a point, bytes as hex. */
function valueText(value: AttributeValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return Number.isInteger(value) ? `${value}.0` : String(value);
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString("hex")}`;
  if (value === null || typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  return `{${attributesText("", value as Attributes).join(", ")}}`;
}
