// The parts of OTLP that become objects because they are rare or shared: resources, scopes, and the attribute values
// that are neither text, truth nor number.

import type { Attributes, AttributeValue, Resource, Scope } from "@culprit/trace-model";
import type { ProtobufReader } from "./protobuf-reader.ts";
import { MAX_VALUE_DEPTH, WireError } from "./wire-error.ts";

/** An AnyValue between `reader.at` and `end`. Of several values in one the last counts. */
export function readAnyValue(reader: ProtobufReader, end: number, depth: number): AttributeValue {
  if (depth > MAX_VALUE_DEPTH) {
    throw new WireError(
      "nested-too-deeply",
      `an attribute value nested over ${MAX_VALUE_DEPTH} deep at byte ${reader.at}`,
    );
  }
  let value: AttributeValue = null;
  while (reader.at < end) {
    const tag = reader.varint32(end);
    switch (tag) {
      case 0x0a: {
        const stop = reader.lengthEnd(end);
        value = reader.text(reader.at, stop);
        reader.at = stop;
        break;
      }
      case 0x10:
        reader.varint64(end);
        value = (reader.low | reader.high) !== 0;
        break;
      case 0x18:
        reader.varint64(end);
        value = BigInt.asIntN(64, (BigInt(reader.high) << 32n) | BigInt(reader.low >>> 0));
        break;
      case 0x21:
        value = reader.view.getFloat64(reader.fixed(8, end), true);
        break;
      case 0x2a:
        value = readArray(reader, reader.lengthEnd(end), depth);
        break;
      case 0x32:
        value = readKeyValueList(reader, reader.lengthEnd(end), depth);
        break;
      case 0x3a: {
        const stop = reader.lengthEnd(end);
        value = reader.bytes.slice(reader.at, stop);
        reader.at = stop;
        break;
      }
      default:
        reader.skip(tag, end);
    }
  }
  return value;
}

/** An ArrayValue. */
export function readArray(
  reader: ProtobufReader,
  end: number,
  depth: number,
): readonly AttributeValue[] {
  const values: AttributeValue[] = [];
  while (reader.at < end) {
    const tag = reader.varint32(end);
    if (tag === 0x0a) values.push(readAnyValue(reader, reader.lengthEnd(end), depth + 1));
    else reader.skip(tag, end);
  }
  return values;
}

/** A KeyValueList. */
export function readKeyValueList(reader: ProtobufReader, end: number, depth: number): Attributes {
  const attributes = new Map<string, AttributeValue>();
  while (reader.at < end) {
    const tag = reader.varint32(end);
    if (tag === 0x0a) readKeyValue(reader, reader.lengthEnd(end), depth + 1, attributes);
    else reader.skip(tag, end);
  }
  return attributes;
}

function readKeyValue(
  reader: ProtobufReader,
  end: number,
  depth: number,
  into: Map<string, AttributeValue>,
): void {
  let key = "";
  let value: AttributeValue = null;
  while (reader.at < end) {
    const tag = reader.varint32(end);
    if (tag === 0x0a) {
      const stop = reader.lengthEnd(end);
      key = reader.text(reader.at, stop);
      reader.at = stop;
    } else if (tag === 0x12) {
      value = readAnyValue(reader, reader.lengthEnd(end), depth);
    } else {
      reader.skip(tag, end);
    }
  }
  into.set(key, value);
}

export function readResource(reader: ProtobufReader, end: number, schemaUrl: string): Resource {
  const attributes = new Map<string, AttributeValue>();
  let droppedAttributesCount = 0;
  while (reader.at < end) {
    const tag = reader.varint32(end);
    if (tag === 0x0a) readKeyValue(reader, reader.lengthEnd(end), 1, attributes);
    else if (tag === 0x10) droppedAttributesCount = reader.varint32(end) >>> 0;
    else reader.skip(tag, end);
  }
  return { attributes, droppedAttributesCount, schemaUrl };
}

export function readScope(reader: ProtobufReader, end: number, schemaUrl: string): Scope {
  const attributes = new Map<string, AttributeValue>();
  let name = "";
  let version = "";
  let droppedAttributesCount = 0;
  while (reader.at < end) {
    const tag = reader.varint32(end);
    if (tag === 0x0a || tag === 0x12) {
      const stop = reader.lengthEnd(end);
      const text = reader.text(reader.at, stop);
      reader.at = stop;
      if (tag === 0x0a) name = text;
      else version = text;
    } else if (tag === 0x1a) {
      readKeyValue(reader, reader.lengthEnd(end), 1, attributes);
    } else if (tag === 0x20) {
      droppedAttributesCount = reader.varint32(end) >>> 0;
    } else {
      reader.skip(tag, end);
    }
  }
  return { name, version, attributes, droppedAttributesCount, schemaUrl };
}
