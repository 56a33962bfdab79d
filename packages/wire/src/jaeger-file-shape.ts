// How Jaeger's binary forms are told from others by their first bytes.

import { ProtobufReader } from "./protobuf-reader.ts";
import { WireError } from "./wire-error.ts";

/** A struct whose first field is the process. */
const BATCH = [0x0c, 0x00, 0x01];
/** Calls, oneway or not: of the binary protocol, of the compact one, and of the binary one without a version. */
const CALLS = [
  [0x80, 0x01, 0x00, 0x01],
  [0x80, 0x01, 0x00, 0x04],
  [0x82, 0x21],
  [0x82, 0x81],
  [0x00, 0x00, 0x00, 0x09, ...Array.from("emitBatch", (letter) => letter.charCodeAt(0))],
];

export function isThriftBatch(bytes: Uint8Array): boolean {
  return startsWith(bytes, BATCH);
}

/** A Batch, or a message of Agent.emitBatch. */
export function isJaegerThrift(bytes: Uint8Array): boolean {
  return isThriftBatch(bytes) || CALLS.some((head) => startsWith(bytes, head));
}

function startsWith(bytes: Uint8Array, head: readonly number[]): boolean {
  return head.every((byte, i) => bytes[i] === byte);
}

/**
 * PostSpansRequest and OTLP's TracesData begin alike: a message in a message in a message. In the innermost one Jaeger
 * has a span, whose id is a field of 8 bytes; OTLP has a resource, which has a number there, or a scope, which has a
 * text but no id before it.
 */
export function isJaegerProtobuf(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x0a) return false;
  const reader = new ProtobufReader();
  try {
    reader.reset(bytes);
    const batchEnd = messageEnd(reader, bytes.length);
    const spanEnd = batchEnd < 0 ? -1 : messageEnd(reader, batchEnd);
    return spanEnd >= 0 && hasIds(reader, spanEnd);
  } catch (error) {
    if (error instanceof WireError) return false;
    throw error;
  } finally {
    reader.release();
  }
}

/** Enters the message that has to come next as field 1. @returns its end; -1 when something else comes */
function messageEnd(reader: ProtobufReader, end: number): number {
  return reader.varint32(end) === 0x0a ? reader.lengthEnd(end) : -1;
}

/** Whether the fields up to `end` begin with a trace id and have a span id. */
function hasIds(reader: ProtobufReader, end: number): boolean {
  const traceIdAt = reader.at;
  if (reader.varint32(end) !== 0x0a) return false;
  const traceIdEnd = reader.lengthEnd(end);
  const traceIdSize = traceIdEnd - reader.at;
  if (traceIdSize !== 16 && traceIdSize !== 8) return false;
  reader.at = traceIdAt;
  while (reader.at < end) {
    const tag = reader.varint32(end);
    if (tag === 0x12) return reader.lengthEnd(end) - reader.at === 8;
    reader.skip(tag, end);
  }
  return false;
}
