// Files: one table of formats, and how to tell them apart. Compression is undone by the caller.

import type { SpanSink } from "@culprit/trace-model";
import type { DecodeOutcome } from "./decode-outcome.ts";
import { isJaegerProtobuf, isJaegerThrift } from "./jaeger-file-shape.ts";
import { decodeJaegerJson } from "./jaeger-json-decoder.ts";
import { decodeJaegerProtobuf } from "./jaeger-protobuf-decoder.ts";
import { decodeJaegerThriftFile } from "./jaeger-thrift-decoder.ts";
import { type BadLine, decodeOtlpJsonLines } from "./json-lines.ts";
import { findKey, isBalanced, isJsonStart, lineEnd, skipJsonSpace } from "./json-shape.ts";
import { decodeOtlpJson } from "./otlp-json-decoder.ts";
import { decodeOtlpProtobuf } from "./otlp-protobuf-decoder.ts";
import { ProtobufReader } from "./protobuf-reader.ts";
import { WireError } from "./wire-error.ts";
import { decodeZipkinJson } from "./zipkin-json-decoder.ts";
import { decodeZipkinProtobuf } from "./zipkin-protobuf-decoder.ts";
import { isZipkinProtobuf, isZipkinThrift } from "./zipkin-sniff.ts";
import { decodeZipkinThrift } from "./zipkin-thrift-decoder.ts";

export const FILE_FORMATS = [
  "otlp-protobuf",
  "otlp-json",
  "otlp-json-lines",
  "jaeger-json",
  "jaeger-thrift",
  "jaeger-protobuf",
  "zipkin-json",
  "zipkin-protobuf",
  "zipkin-thrift",
] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

type Decode = (bytes: Uint8Array, sink: SpanSink) => DecodeOutcome & Partial<FileOutcome>;

const DECODERS: { readonly [format in FileFormat]: Decode } = {
  "otlp-protobuf": decodeOtlpProtobuf,
  "otlp-json": decodeOtlpJson,
  "otlp-json-lines": decodeOtlpJsonLines,
  "jaeger-json": decodeJaegerJson,
  "jaeger-thrift": decodeJaegerThriftFile,
  "jaeger-protobuf": decodeJaegerProtobuf,
  "zipkin-json": decodeZipkinJson,
  "zipkin-protobuf": decodeZipkinProtobuf,
  "zipkin-thrift": decodeZipkinThrift,
};

/** Which format has an object with this key on top; the first such key decides. */
const FORMAT_OF_KEY: ReadonlyMap<string, FileFormat> = new Map([
  ["resourceSpans", "otlp-json"],
  ["result", "otlp-json"],
  ["data", "jaeger-json"],
  ["traceID", "jaeger-json"],
  ["spans", "jaeger-json"],
  ["processes", "jaeger-json"],
  ["traceId", "zipkin-json"],
  ["localEndpoint", "zipkin-json"],
  ["binaryAnnotations", "zipkin-json"],
]);

/** A first line may be damaged; after so many the file is not JSON lines. */
const MAX_LINES_SNIFFED = 10;
const LINE_OF_OTLP = /^\s*\{\s*"resourceSpans"/;

export interface FileOutcome extends DecodeOutcome {
  readonly format: FileFormat;
  /** Lines of a JSON lines file that could not be read. */
  readonly badLineCount: number;
  /** The first of them. */
  readonly badLines: readonly BadLine[];
}

/**
 * @param bytes a whole file, decompressed
 * @throws {WireError} when the format is not known or the content is not of that format; the sink then may have been
 * given a part of it.
 */
export function decodeFile(bytes: Uint8Array, sink: SpanSink): FileOutcome {
  const format = sniffFormat(bytes);
  if (format === undefined) {
    const what = skipJsonSpace(bytes, 0) === bytes.length ? "an empty file" : "not a known format";
    throw new WireError("unknown-format", `${what}; known are ${FILE_FORMATS.join(", ")}`);
  }
  return { badLineCount: 0, badLines: [], ...DECODERS[format](bytes, sink), format };
}

/** undefined for what is none of {@link FILE_FORMATS}. */
export function sniffFormat(bytes: Uint8Array): FileFormat | undefined {
  if (isZipkinProtobuf(bytes)) return "zipkin-protobuf";
  if (isZipkinThrift(bytes)) return "zipkin-thrift";
  if (isJaegerThrift(bytes)) return "jaeger-thrift";
  if (isJaegerProtobuf(bytes)) return "jaeger-protobuf";
  // A line feed is also the tag of resource_spans, so protobuf is asked first and has to fit to the last byte.
  if (isResourceSpansList(bytes)) return "otlp-protobuf";
  const start = skipJsonSpace(bytes, 0);
  if (isJsonStart(bytes[start])) {
    const format = formatOfJson(bytes, start);
    return format === "otlp-json" && isLines(bytes, start) ? "otlp-json-lines" : format;
  }
  if (hasLineOfOtlp(bytes, start)) return "otlp-json-lines";
  return bytes[0] === 0x0a && start < bytes.length ? "otlp-protobuf" : undefined;
}

function isResourceSpansList(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x0a) return false;
  const reader = new ProtobufReader();
  try {
    reader.reset(bytes);
    while (reader.at < bytes.length) {
      if (reader.varint32(bytes.length) !== 0x0a) return false;
      reader.at = reader.lengthEnd(bytes.length);
    }
    return true;
  } catch (error) {
    if (error instanceof WireError) return false;
    throw error;
  }
}

function formatOfJson(bytes: Uint8Array, start: number): FileFormat | undefined {
  const key = findKey(bytes, start, (name) => FORMAT_OF_KEY.has(name));
  if (key !== undefined) return FORMAT_OF_KEY.get(key);
  const second = String.fromCharCode(bytes[skipJsonSpace(bytes, start + 1)] ?? 0);
  const first = String.fromCharCode(bytes[start] ?? 0);
  if (first === "{" && second === "}") return "otlp-json";
  return first === "[" && second === "]" ? "zipkin-json" : undefined;
}

/** Whether documents follow each other, a line each: the first is whole in its line, or the second line begins one. */
function isLines(bytes: Uint8Array, start: number): boolean {
  const end = lineEnd(bytes, start);
  const next = skipJsonSpace(bytes, end);
  if (next >= bytes.length) return false;
  return isBalanced(bytes, start, end) || isLineOfOtlp(bytes, next);
}

function hasLineOfOtlp(bytes: Uint8Array, start: number): boolean {
  let at = start;
  for (let line = 0; line < MAX_LINES_SNIFFED && at < bytes.length; line++) {
    if (isLineOfOtlp(bytes, at)) return true;
    at = lineEnd(bytes, at) + 1;
  }
  return false;
}

function isLineOfOtlp(bytes: Uint8Array, at: number): boolean {
  return LINE_OF_OTLP.test(String.fromCharCode(...bytes.subarray(at, at + 80)));
}
