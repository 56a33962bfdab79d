// OTLP's AnyValue and KeyValue, in JSON, both ways. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding

import { type Attributes, type AttributeValue, NO_ATTRIBUTES } from "@culprit/trace-model";
import { exactNumber } from "./exact-json.ts";
import type { JsonObject, JsonReader } from "./json-reader.ts";
import { MAX_VALUE_DEPTH, WireError } from "./wire-error.ts";

export interface OtlpJsonKeyValue {
  readonly key: string;
  readonly value: OtlpJsonAnyValue;
}

/** At most one field is set. */
export interface OtlpJsonAnyValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string;
  /** A number, or "NaN", "Infinity", "-Infinity". */
  readonly doubleValue?: unknown;
  readonly bytesValue?: string;
  readonly arrayValue?: { readonly values: readonly OtlpJsonAnyValue[] };
  readonly kvlistValue?: { readonly values: readonly OtlpJsonKeyValue[] };
}

export function readAttributes(
  reader: JsonReader,
  parent: JsonObject,
  key: string,
  depth = 1,
): Attributes {
  const list = reader.arrayIn(parent, key);
  if (list.length === 0) return NO_ATTRIBUTES;
  const attributes = new Map<string, AttributeValue>();
  reader.enter(key);
  for (let i = 0; i < list.length; i++) {
    reader.enter(i);
    const entry = reader.object(list[i]);
    const name = reader.textIn(entry, "key");
    const value = reader.objectIn(entry, "value");
    reader.enter("value");
    attributes.set(name, value === undefined ? null : readAnyValue(reader, value, depth));
    reader.leave();
    reader.leave();
  }
  reader.leave();
  return attributes;
}

function readAnyValue(reader: JsonReader, value: JsonObject, depth: number): AttributeValue {
  if (depth > MAX_VALUE_DEPTH) {
    throw new WireError(
      "nested-too-deeply",
      `an attribute value nested over ${MAX_VALUE_DEPTH} deep`,
    );
  }
  if (isSet(value.stringValue)) return reader.textIn(value, "stringValue");
  if (isSet(value.intValue)) return reader.int64In(value, "intValue");
  const truth = value.boolValue;
  if (isSet(truth)) {
    return typeof truth === "boolean" ? truth : reader.fail("boolValue", "true or false", truth);
  }
  if (isSet(value.doubleValue)) return reader.doubleIn(value, "doubleValue");
  if (isSet(value.bytesValue)) return reader.base64In(value, "bytesValue");
  const array = reader.objectIn(value, "arrayValue");
  if (array !== undefined) {
    reader.enter("arrayValue");
    const values = reader.arrayIn(array, "values");
    reader.enter("values");
    const elements = values.map((element, i) => {
      reader.enter(i);
      const read =
        element === null ? null : readAnyValue(reader, reader.object(element), depth + 1);
      reader.leave();
      return read;
    });
    reader.leave();
    reader.leave();
    return elements;
  }
  const list = reader.objectIn(value, "kvlistValue");
  if (list === undefined) return null;
  reader.enter("kvlistValue");
  const attributes = readAttributes(reader, list, "values", depth + 1);
  reader.leave();
  return attributes;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

export function keyValuesOf(attributes: Attributes): OtlpJsonKeyValue[] {
  return Array.from(attributes, ([key, value]) => ({ key, value: anyValueOf(value) }));
}

function anyValueOf(value: AttributeValue): OtlpJsonAnyValue {
  if (value === null) return {};
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "bigint") return { intValue: String(value) };
  if (typeof value === "number") return { doubleValue: doubleOf(value) };
  if (value instanceof Uint8Array) return { bytesValue: base64Of(value) };
  if (value instanceof Map) return { kvlistValue: { values: keyValuesOf(value) } };
  return { arrayValue: { values: (value as readonly AttributeValue[]).map(anyValueOf) } };
}

/** proto3's JSON has names for what JSON's numbers cannot say. */
export function doubleOf(value: number): unknown {
  return Number.isFinite(value) ? exactNumber(value) : String(value);
}

export function base64Of(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
