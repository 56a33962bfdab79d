export type { DecodeOutcome } from "./decode-outcome.ts";
export {
  decodeFile,
  FILE_FORMATS,
  type FileFormat,
  type FileOutcome,
  sniffFormat,
} from "./file-format.ts";
export { ORIGINAL_ID_KEY, ORIGINAL_TRACE_ID_KEY } from "./foreign-id.ts";
export {
  type JaegerLog,
  type JaegerProcess,
  type JaegerReference,
  type JaegerSpan,
  type JaegerTag,
  type JaegerTrace,
  REFERENCE_KEY,
  WARNINGS_KEY,
} from "./jaeger-json.ts";
export { decodeJaegerJson } from "./jaeger-json-decoder.ts";
export { encodeJaegerTrace } from "./jaeger-json-encoder.ts";
export { decodeJaegerProtobuf, JaegerProtobufDecoder } from "./jaeger-protobuf-decoder.ts";
export { encodeJaegerProtobuf } from "./jaeger-protobuf-encoder.ts";
export {
  type JaegerBatchOutcome,
  type JaegerClientStats,
  JaegerThriftDecoder,
} from "./jaeger-thrift-decoder.ts";
export { type BadLine, decodeOtlpJsonLines, type JsonLinesOutcome } from "./json-lines.ts";
export { decodeOtlpJson, OtlpJsonDecoder } from "./otlp-json-decoder.ts";
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
export { ProtobufReader } from "./protobuf-reader.ts";
export { ProtobufWriter } from "./protobuf-writer.ts";
export { valueText } from "./value-text.ts";
export { MAX_VALUE_DEPTH, WIRE_ERROR_CODES, WireError, type WireErrorCode } from "./wire-error.ts";
export type { ZipkinAnnotation, ZipkinEndpoint, ZipkinSpan } from "./zipkin-json.ts";
export { decodeZipkinJson, ZipkinJsonDecoder } from "./zipkin-json-decoder.ts";
export { encodeZipkinJson, zipkinJsonOf } from "./zipkin-json-encoder.ts";
export { decodeZipkinProtobuf, ZipkinProtobufDecoder } from "./zipkin-protobuf-decoder.ts";
export { decodeZipkinThrift, ZipkinThriftDecoder } from "./zipkin-thrift-decoder.ts";
