// Values of Zipkin's JSON that both versions have.

import { CLOSE_OBJECT, type JsonCursor } from "./json-cursor.ts";
import type { NanoHalves } from "./nano-halves.ts";
import type { ZipkinPlaces } from "./zipkin-places.ts";

const HALF = 2 ** 32;
/** Longer ones are beyond every time, and reading their digits would cost the square of their number. */
const MAX_TIME_DIGITS = 40;
/** Over all that fit in a uint64. */
const MAX_NANOS = 2 ** 65;
const MICROSECONDS = "microseconds";
const PORT_NUMBER = "an integer from 0 to 2^32-1";
const INTEGER = /^-?\d+$/;

const encoder = new TextEncoder();
const SERVICE_NAME = encoder.encode("serviceName");
const IPV4 = encoder.encode("ipv4");
const IPV6 = encoder.encode("ipv6");
const PORT = encoder.encode("port");

/** @returns its row, -1 for null */
export function readEndpoint(cursor: JsonCursor, span: ZipkinPlaces): number {
  let nameStart = 0;
  let nameEnd = 0;
  let addressStart = 0;
  let addressEnd = 0;
  let isV4 = false;
  let port = 0;
  if (cursor.null()) return -1;
  for (let more = cursor.object(); more; more = cursor.more(CLOSE_OBJECT)) {
    cursor.key();
    if (cursor.is(SERVICE_NAME)) {
      cursor.text();
      nameStart = cursor.textStart;
      nameEnd = cursor.textEnd;
    } else if (cursor.is(IPV4) || cursor.is(IPV6)) {
      const isThisV4 = cursor.is(IPV4);
      cursor.text();
      // Where both are there, ipv4 counts.
      if (cursor.textStart < cursor.textEnd && (isThisV4 || !isV4)) {
        isV4 = isThisV4;
        addressStart = cursor.textStart;
        addressEnd = cursor.textEnd;
      }
    } else if (cursor.is(PORT)) {
      port = readUint32(cursor);
    } else {
      cursor.skip();
    }
  }
  return span.addEndpoint(nameStart, nameEnd, addressStart, addressEnd, false, port);
}

function readUint32(cursor: JsonCursor): number {
  cursor.peek();
  const { at } = cursor;
  let value = cursor.digits();
  if (value < 0) {
    cursor.scalar(PORT_NUMBER);
    const text = cursor.textValue();
    value = text === "" ? 0 : INTEGER.test(text) ? Number(text) : -1;
  }
  if (value >= 0 && value < HALF) return value | 0;
  cursor.at = at;
  return cursor.failType(PORT_NUMBER);
}

/** Microseconds, perhaps with a fraction; a negative number is none, as in Zipkin. */
export function readMicros(cursor: JsonCursor, into: NanoHalves): true {
  const micros = cursor.digits();
  if (micros >= 0) {
    into.setMicros(micros | 0, Math.floor(micros / HALF));
    return true;
  }
  const { at } = cursor;
  cursor.scalar(MICROSECONDS);
  const nanos = nanosOf(cursor.textValue());
  if (nanos !== undefined) {
    into.set(nanos);
    return true;
  }
  cursor.at = at;
  return cursor.failType(MICROSECONDS);
}

/** undefined for text that is no number */
function nanosOf(micros: string): bigint | undefined {
  if (micros === "") return 0n;
  if (INTEGER.test(micros) && micros.length <= MAX_TIME_DIGITS) return BigInt(micros) * 1000n;
  const nanos = Number(micros) * 1000;
  if (Number.isNaN(nanos) || micros.trim() === "") return undefined;
  return BigInt(Math.round(Math.min(Math.max(nanos, -1), MAX_NANOS)));
}
