import type { Attribute } from "@culprit/api";

// Shorter arrays and maps are read faster on one line.
const INLINE_LENGTH = 60;

/** How a value reads: JSON laid out, emptiness named. */
export function attributeText(attribute: Attribute): string {
  const { type, value } = attribute;
  if (type === "null") return "null";
  if (value === "") return type === "bytes" ? "(no bytes)" : '""';
  if ((type === "array" || type === "map") && value.length > INLINE_LENGTH) return laidOut(value);
  return value;
}

function laidOut(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), undefined, 2);
  } catch {
    return json;
  }
}
