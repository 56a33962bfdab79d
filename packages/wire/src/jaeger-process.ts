import type { AttributeValue } from "@culprit/trace-model";

/** A process as the attributes of a resource: its own name counts, and not one among its tags. */
export function processAttributes(
  serviceName: string,
  tags: Iterable<readonly [string, AttributeValue]>,
): Map<string, AttributeValue> {
  const attributes = new Map<string, AttributeValue>();
  if (serviceName !== "") attributes.set("service.name", serviceName);
  for (const [key, value] of tags) {
    if (key !== "service.name" || serviceName === "") attributes.set(key, value);
  }
  return attributes;
}
