import type { AttributeValue } from "@culprit/trace-model";
import { base64Of } from "./otlp-json-values.ts";

/** Any value as the text that formats without types show: arrays and maps as JSON with sorted keys, bytes as base64. */
export function valueText(value: AttributeValue): string {
  if (typeof value === "string") return value;
  if (value === null) return "";
  if (value instanceof Uint8Array) return base64Of(value);
  return typeof value === "object" ? jsonText(value) : String(value);
}

function jsonText(value: AttributeValue): string {
  if (value === null) return "null";
  if (typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : `"${value}"`;
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof Uint8Array) return JSON.stringify(base64Of(value));
  if (value instanceof Map) {
    const entries = Array.from(value.entries() as Iterable<[string, AttributeValue]>)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, held]) => `${JSON.stringify(key)}:${jsonText(held)}`);
    return `{${entries.join(",")}}`;
  }
  return `[${(value as readonly AttributeValue[]).map(jsonText).join(",")}]`;
}
