// JSON with exact integers. JSON.parse reads 9007199254740993 as ...992; a reviver sees the digits, but costs several
// times the parsing, so it is used only where the text holds a number that long outside quotes.

import { WireError } from "./wire-error.ts";

const LONG_NUMBER = /[:[,]\s*-?\d{16}/;
const INTEGER = /^-?\d+$/;

/** V8 passes the source text since Node 21; without it long numbers stay as JSON.parse rounds them. */
function revive(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && INTEGER.test(source) ? BigInt(source) : value;
}

/**
 * Integers beyond 2^53 come as bigint, all else as JSON.parse gives it.
 * @throws {WireError} malformed-json
 */
export function parseExactJson(text: string): unknown {
  try {
    return LONG_NUMBER.test(text) ? JSON.parse(text, revive) : JSON.parse(text);
  } catch (error) {
    if (error instanceof RangeError) {
      throw new WireError("nested-too-deeply", "JSON nested too deeply", { cause: error });
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new WireError("malformed-json", `malformed JSON: ${reason}`, { cause: error });
  }
}

const utf8 = new TextDecoder("utf-8");
/** V8's longest string; UTF-8 never has fewer bytes than UTF-16 units. */
const MAX_TEXT_BYTES = 0x1fffffe8;

/** Text of UTF-8 bytes, without a byte order mark. */
export function textOfUtf8(bytes: Uint8Array): string {
  if (bytes.length > MAX_TEXT_BYTES) {
    throw new WireError("too-large", `one JSON document of ${bytes.length} bytes; use JSON lines`);
  }
  return utf8.decode(bytes);
}

interface RawJson {
  rawJSON?(text: string): unknown;
}

/** A number as JSON.stringify is to write it; it would make 0 of -0. */
export function exactNumber(value: number): unknown {
  if (!Object.is(value, -0)) return value;
  return (JSON as RawJson).rawJSON?.("-0") ?? "-0";
}
