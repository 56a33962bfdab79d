// A search for one attribute as a condition on one span, see AttributeFilter.

import { SpanKind, StatusCode } from "@culprit/trace-model";
import { quote } from "./sql.ts";
import type { AttributeFilter } from "./trace-reader.ts";

const NEVER = "0";

/** One number for each pair of key and value on the span itself, as the table's index `by_pair` spells it. */
export const PAIR_HASHES =
  "arrayMap((k, v) -> cityHash64(k, v), mapKeys(attributes), mapValues(attributes))";

export function attributeCondition(filter: AttributeFilter): string {
  const places = attributePlaces(filter);
  return typeof places === "string" ? places : `(${places.onSpan} or ${places.elsewhere})`;
}

/** Where an attribute may stand: all that has one place is a condition of its own. */
export interface AttributePlaces {
  /** Among the span's own, which the index knows. */
  readonly onSpan: string;
  /** In texts that are looked through quickly: few differ, or most are empty. */
  readonly elsewhere: string;
}

export function attributePlaces({ key, value }: AttributeFilter): AttributePlaces | string {
  if (key === "error" && (value === "true" || value === "false")) {
    return `status_code ${value === "true" ? "=" : "!="} ${StatusCode.error}`;
  }
  if (key === "span.kind") return numbered("kind", SpanKind, value);
  if (key === "span.status") return numbered("status_code", StatusCode, value);
  if (key === "scope.name") return `JSONExtractString(scope, 1) = ${quote(value)}`;
  if (key === "scope.version") return `JSONExtractString(scope, 2) = ${quote(value)}`;
  if (key.startsWith("resource.")) return inJson("resource", key.slice("resource.".length), value);
  const elsewhere = ["resource", "scope", "details"].map((column) => inJson(column, key, value));
  if (key === "event") elsewhere.push(eventNamed(value));
  return { onSpan: onSpan(key, value), elsewhere: elsewhere.reduce(anyOf) };
}

/** An `or` that goes through both: the engine's own takes rows apart for the second, which costs twice as much here. */
function anyOf(one: string, other: string): string {
  return `bitOr(${one}, ${other})`;
}

/** On a granule of spans, for the index alone: that one of them may have the pair. */
export function pairHint({ key, value }: AttributeFilter): string {
  return `indexHint(has(${PAIR_HASHES}, cityHash64(${quote(key)}, ${quote(value)})))`;
}

/** Events lie in `details` as `["event","unix nanos","name",…`. */
export function eventNamed(name: string): string {
  const literal = JSON.stringify(name).replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
  return `match(details, ${quote(`\\["event","[0-9]+",${literal},`)})`;
}

/** The look-up by key is the quick way, but an absent attribute reads as "" in it, and so does the key "". */
function onSpan(key: string, value: string): string {
  if (key !== "" && value !== "") return `attributes[${quote(key)}] = ${quote(value)}`;
  const pair = `toString(k) = ${quote(key)} and v = ${quote(value)}`;
  return `arrayExists((k, v) -> ${pair}, mapKeys(attributes), mapValues(attributes))`;
}

function numbered(column: string, names: Record<string, number>, value: string): string {
  const name = value.toLowerCase();
  return Object.hasOwn(names, name) ? `${column} = ${names[name]}` : NEVER;
}

/** Attributes lie there as `["key","type","value"]`; the type is one letter. */
function inJson(column: string, key: string, value: string): string {
  const types = ["s", "i", "d", "b", "y", "a", "m", "n"];
  const needles = types.map((type) => quote(JSON.stringify([key, type, value])));
  return `multiSearchAny(${column}, [${needles.join(", ")}])`;
}
