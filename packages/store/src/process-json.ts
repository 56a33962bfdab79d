// Resources and scopes as one JSON text each, which the database keeps once per dictionary rather than once per span.
// An attribute is `["key","type","value"]`: such a text is found by looking for it as it stands, because a quotation
// mark inside a value is always written with a backslash.

import type { Attributes, Resource, Scope } from "@culprit/trace-model";
import { attributeTextOf, attributeTypeOf, attributeValueOf } from "./attribute-text.ts";

export type AttributeJson = readonly [key: string, type: string, value: string];
type ResourceJson = readonly [schemaUrl: string, dropped: number, attributes: AttributeJson[]];
type ScopeJson = readonly [
  name: string,
  version: string,
  schemaUrl: string,
  dropped: number,
  attributes: AttributeJson[],
];

function attributesJson(attributes: Attributes): AttributeJson[] {
  return [...attributes].map(([key, value]) => [
    key,
    attributeTypeOf(value),
    attributeTextOf(value),
  ]);
}

export function attributesOf(json: readonly AttributeJson[]): Attributes {
  return new Map(json.map(([key, type, value]) => [key, attributeValueOf(type, value)]));
}

export function resourceJson(resource: Resource): string {
  const { schemaUrl, droppedAttributesCount, attributes } = resource;
  const json: ResourceJson = [schemaUrl, droppedAttributesCount, attributesJson(attributes)];
  return JSON.stringify(json);
}

export function resourceOf(text: string): Resource {
  const [schemaUrl, droppedAttributesCount, attributes] = JSON.parse(text) as ResourceJson;
  return { schemaUrl, droppedAttributesCount, attributes: attributesOf(attributes) };
}

/** Values as they lie in the database. */
export function resourceAttributes(text: string): (readonly [key: string, value: string])[] {
  const [, , attributes] = JSON.parse(text) as ResourceJson;
  return attributes.map(([key, , value]) => [key, value] as const);
}

export function scopeJson(scope: Scope): string {
  const { name, version, schemaUrl, droppedAttributesCount, attributes } = scope;
  const json: ScopeJson = [
    name,
    version,
    schemaUrl,
    droppedAttributesCount,
    attributesJson(attributes),
  ];
  return JSON.stringify(json);
}

export function scopeOf(text: string): Scope {
  const [name, version, schemaUrl, droppedAttributesCount, attributes] = JSON.parse(
    text,
  ) as ScopeJson;
  return { name, version, schemaUrl, droppedAttributesCount, attributes: attributesOf(attributes) };
}
