// Every decoder of wire, with samples that our own encoders and those of the tests write. A new one gets a row here;
// scripts/fuzz.test.ts fails for a file format without one.

import type { Span } from "@culprit/trace-model";
import {
  decodeFile,
  decodeJaegerJson,
  decodeOtlpJson,
  decodeOtlpJsonLines,
  encodeJaegerTrace,
  encodeOtlpJson,
  encodeOtlpProtobuf,
  encodeZipkinJson,
  JaegerProtobufDecoder,
  JaegerThriftDecoder,
  OtlpProtobufDecoder,
  ZipkinJsonDecoder,
  ZipkinProtobufDecoder,
  ZipkinThriftDecoder,
} from "@culprit/wire";
import fc from "fast-check";
import { spans as anySpans, before2255 } from "../../packages/trace-model/test/span-arbitrary.ts";
import { batches } from "../../packages/wire/test/jaeger-arbitrary.ts";
import {
  jaegerJson,
  oldThriftPacket,
  protobufBatch,
  thriftBatch,
  thriftPacket,
} from "../../packages/wire/test/jaeger-batch.ts";
import { zipkinSpans } from "../../packages/wire/test/zipkin-arbitrary.ts";
import {
  zipkinProtobuf,
  zipkinThrift,
  zipkinV1Of,
} from "../../packages/wire/test/zipkin-encodings.ts";
import type { Decode } from "./input-cost.ts";
import type { FuzzedDecoder } from "./run-fuzz.ts";

const SAMPLES = 40;
const SAMPLE_SEED = 20261123;
/** As OTLP/JSON, the longest of the forms: large samples make few mutations a second, and find no more. */
const MAX_SAMPLE_CHARACTERS = 4000;

const spanLists: readonly (readonly Span[])[] = fc
  .sample(anySpans, { numRuns: SAMPLES * 20, seed: SAMPLE_SEED })
  .filter((spans) => spans.length > 0 && encodeOtlpJson(spans).length < MAX_SAMPLE_CHARACTERS)
  .slice(0, SAMPLES);
const batchList = fc.sample(batches, { numRuns: SAMPLES, seed: SAMPLE_SEED });
const zipkinLists = fc
  .sample(zipkinSpans, { numRuns: SAMPLES, seed: SAMPLE_SEED })
  .filter((spans) => spans.length > 0);

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const hex = (...texts: readonly string[]): Uint8Array[] =>
  texts.map((text) => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex")));

const PROTOBUF_TOKENS = hex(
  "0a00",
  "0a02",
  "1200",
  "0b",
  "0c",
  "0a020a00",
  "3206",
  "2a040a02",
  "5a00",
);
const BINARY_TOKENS = hex(
  "00",
  "0c0001",
  "0c000100",
  "0f00020c7fffffff",
  "0f000a0c00000001",
  "0d00090b0c00000001",
  "0e00090f00000001",
  "0b000500000000",
  "020005 01",
);
const COMPACT_TOKENS = hex(
  "00",
  "1c",
  "1c00",
  "19fcffffffff07",
  "991c",
  "991919",
  "1b018b",
  "21",
  "18 00",
);
const JSON_TOKENS = [
  ...["[", "{", "]", "}", ",", ":", '"', '"\\u', "null", "true", "1e999", "-0", "{},", "[],"],
  ...["9007199254740993", '{"a":', '"":"",', '"key":7,', '"value":{},', '"type":"int64",', "\n"],
].map(utf8);

function binaryDecoder(
  name: string,
  inputs: readonly Uint8Array[],
  tokens: readonly Uint8Array[],
  newDecode: () => Decode,
): FuzzedDecoder {
  return { name, samples: { inputs, tokens }, newDecode };
}

function jsonDecoder(
  name: string,
  texts: readonly string[],
  newDecode: () => Decode,
): FuzzedDecoder {
  return { name, samples: { inputs: texts.map(utf8), tokens: JSON_TOKENS }, newDecode };
}

function zipkinJsonDecode(): Decode {
  const decoder = new ZipkinJsonDecoder();
  return (bytes, sink) => decoder.decode(bytes, sink);
}

function thriftDecode(): Decode {
  const decoder = new JaegerThriftDecoder();
  return (bytes, sink) => decoder.decodeMessage(bytes, sink);
}

/** A name begins with that of a file format; what follows tells its forms apart. */
const DECODERS: readonly FuzzedDecoder[] = [
  binaryDecoder("otlp-protobuf", spanLists.map(encodeOtlpProtobuf), PROTOBUF_TOKENS, () => {
    const decoder = new OtlpProtobufDecoder();
    return (bytes, sink) => decoder.decode(bytes, sink);
  }),
  jsonDecoder("otlp-json", spanLists.map(encodeOtlpJson), () => decodeOtlpJson),
  jsonDecoder(
    "otlp-json-lines",
    spanLists.map((spans) => spans.map((span) => encodeOtlpJson([span])).join("\n")),
    () => decodeOtlpJsonLines,
  ),
  jsonDecoder(
    "jaeger-json",
    [
      ...batchList.map(jaegerJson),
      ...spanLists.map((spans) => JSON.stringify(encodeJaegerTrace(spans.map(before2255)))),
    ],
    () => decodeJaegerJson,
  ),
  binaryDecoder("jaeger-thrift/batch", batchList.map(thriftBatch), BINARY_TOKENS, () => {
    const decoder = new JaegerThriftDecoder();
    return (bytes, sink) => decoder.decodeBatch(bytes, sink);
  }),
  binaryDecoder(
    "jaeger-thrift/binary",
    batchList.flatMap((batch) => [thriftPacket("binary", batch), oldThriftPacket(batch)]),
    BINARY_TOKENS,
    thriftDecode,
  ),
  binaryDecoder(
    "jaeger-thrift/compact",
    batchList.map((batch) => thriftPacket("compact", batch)),
    COMPACT_TOKENS,
    thriftDecode,
  ),
  binaryDecoder(
    "jaeger-protobuf",
    batchList.map((batch) => protobufBatch(batch)),
    PROTOBUF_TOKENS,
    () => {
      const decoder = new JaegerProtobufDecoder();
      return (bytes, sink) => decoder.decode(bytes, sink);
    },
  ),
  jsonDecoder(
    "zipkin-json",
    [...spanLists.map(encodeZipkinJson), ...zipkinLists.map((spans) => JSON.stringify(spans))],
    zipkinJsonDecode,
  ),
  jsonDecoder(
    "zipkin-json/v1",
    zipkinLists.map((spans) => JSON.stringify(spans.map(zipkinV1Of))),
    zipkinJsonDecode,
  ),
  binaryDecoder("zipkin-protobuf", zipkinLists.map(zipkinProtobuf), PROTOBUF_TOKENS, () => {
    const decoder = new ZipkinProtobufDecoder();
    return (bytes, sink) => decoder.decode(bytes, sink);
  }),
  binaryDecoder(
    "zipkin-thrift",
    zipkinLists.map((spans) => zipkinThrift(spans.map(zipkinV1Of))),
    BINARY_TOKENS,
    () => {
      const decoder = new ZipkinThriftDecoder();
      return (bytes, sink) => decoder.decode(bytes, sink);
    },
  ),
];

/** Files of any format, told by their content. */
const FILES: FuzzedDecoder = {
  name: "files",
  samples: {
    inputs: DECODERS.flatMap(({ samples }) => samples.inputs.slice(0, 8)),
    tokens: DECODERS.flatMap(({ samples }) => samples.tokens),
  },
  newDecode: () => decodeFile,
};

export const FUZZED_DECODERS: readonly FuzzedDecoder[] = [...DECODERS, FILES];
