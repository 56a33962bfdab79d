export type { DecodeOutcome } from "./decode-outcome.ts";
export { decodeOtlpJson } from "./otlp-json-decoder.ts";
export {
  encodeOtlpJson,
  type OtlpJsonDocument,
  type OtlpJsonEvent,
  type OtlpJsonLink,
  type OtlpJsonResourceSpans,
  type OtlpJsonScopeSpans,
  type OtlpJsonSpan,
  otlpJsonOf,
} from "./otlp-json-encoder.ts";
export type { OtlpJsonAnyValue, OtlpJsonKeyValue } from "./otlp-json-values.ts";
export { decodeOtlpProtobuf, OtlpProtobufDecoder } from "./otlp-protobuf-decoder.ts";
export { encodeOtlpProtobuf } from "./otlp-protobuf-encoder.ts";
export { MAX_VALUE_DEPTH, WIRE_ERROR_CODES, WireError, type WireErrorCode } from "./wire-error.ts";
