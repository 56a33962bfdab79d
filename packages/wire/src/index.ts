export type { DecodeOutcome } from "./decode-outcome.ts";
export { decodeOtlpProtobuf, OtlpProtobufDecoder } from "./otlp-protobuf-decoder.ts";
export { encodeOtlpProtobuf } from "./otlp-protobuf-encoder.ts";
export { MAX_VALUE_DEPTH, WIRE_ERROR_CODES, WireError, type WireErrorCode } from "./wire-error.ts";
