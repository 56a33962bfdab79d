// The catalogue of what can be wrong with input as a whole. What is wrong with one span alone is not an error: it is
// counted in the DecodeOutcome.

export const WIRE_ERROR_CODES = [
  /** The bytes are not a protobuf message of the expected type. */
  "malformed-protobuf",
  /** The bytes are not a Thrift struct or message of the expected type. */
  "malformed-thrift",
  /** The text is not JSON. */
  "malformed-json",
  /** The JSON is well formed, but a value in it has the wrong type; the message names its path. */
  "wrong-type",
  /** Attribute values, or fields that are passed over, nested deeper than {@link MAX_VALUE_DEPTH}. */
  "nested-too-deeply",
  /** More bytes than an int32 offset can address. */
  "too-large",
  /** No known file format. */
  "unknown-format",
] as const;
export type WireErrorCode = (typeof WIRE_ERROR_CODES)[number];

/** Attribute values may nest this deep: any real one does, and decoding can recurse without fear for the stack. */
export const MAX_VALUE_DEPTH = 64;

/** The input is undecodable; a sink that has been called meanwhile holds half of it. */
export class WireError extends Error {
  override readonly name = "WireError";
  readonly code: WireErrorCode;

  constructor(code: WireErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
