// An attribute's value as text: what pages show and searches compare with.

import type { Attributes, AttributeValue } from "@culprit/trace-model";

/** Arrays and maps as JSON, bytes as base64. */
export function attributeText(value: AttributeValue): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return typeof value === "object" && value !== null ? jsonText(value) : String(value ?? "");
}

/** JSON with int64 as it is, which JSON.stringify cannot write. Depth is bounded by the decoders. */
function jsonText(value: AttributeValue): string {
  if (value instanceof Uint8Array) return JSON.stringify(attributeText(value));
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number" && !Number.isFinite(value)) return JSON.stringify(String(value));
  if (Array.isArray(value)) return `[${value.map(jsonText).join(",")}]`;
  if (value instanceof Map) {
    const members = Array.from(
      value as Attributes,
      ([key, member]) => `${JSON.stringify(key)}:${jsonText(member)}`,
    );
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value);
}
