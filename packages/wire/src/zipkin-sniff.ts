// How binary files of Zipkin are told from others, by their first span.

import { ProtobufReader } from "./protobuf-reader.ts";
import { WireError } from "./wire-error.ts";

/** Whole tags of the fields that a Span of zipkin.proto3 has beside its ids. */
const FIELD_TAGS: ReadonlySet<number> = new Set([
  0x20, 0x2a, 0x31, 0x38, 0x42, 0x4a, 0x52, 0x5a, 0x60, 0x68,
]);
/** Whole tags of its ids, and the most bytes that they have. */
const ID_SIZES: ReadonlyMap<number, number> = new Map([
  [0x0a, 16],
  [0x12, 8],
  [0x1a, 8],
]);

/**
 * A list of spans begins as OTLP's list of resources does. What tells them apart: the ids are short, and the first span
 * has a field beside them, which a resource's spans have not.
 */
export function isZipkinProtobuf(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x0a) return false;
  const reader = new ProtobufReader();
  try {
    reader.reset(bytes);
    reader.varint32(bytes.length);
    const end = reader.lengthEnd(bytes.length);
    let hasField = false;
    while (reader.at < end) {
      const tag = reader.varint32(end);
      const idSize = ID_SIZES.get(tag);
      if (idSize === undefined) {
        if (!FIELD_TAGS.has(tag)) return false;
        hasField = true;
        reader.skip(tag, end);
      } else {
        const stop = reader.lengthEnd(end);
        if (stop - reader.at > idSize) return false;
        reader.at = stop;
      }
    }
    return hasField;
  } catch (error) {
    if (error instanceof WireError) return false;
    throw error;
  }
}

/** A list of structs, the first of which begins with the i64 of a trace id; or a list of none. */
export function isZipkinThrift(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x0c || bytes.length < 5) return false;
  if (bytes.length === 5) return bytes.subarray(1).every((byte) => byte === 0);
  return bytes[5] === 0x0a && bytes[6] === 0 && bytes[7] === 1;
}
