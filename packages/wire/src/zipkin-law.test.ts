import assert from "node:assert/strict";
import { test } from "node:test";
import { type Span, SpanCollector, type SpanSink } from "@culprit/trace-model";
import fc from "fast-check";
import { assertSameSpans } from "../../trace-model/test/span-identity.ts";
import { zipkinSpans } from "../test/zipkin-arbitrary.ts";
import { zipkinProtobuf, zipkinThrift, zipkinV1Of } from "../test/zipkin-encodings.ts";
import type { DecodeOutcome } from "./decode-outcome.ts";
import { type FileFormat, sniffFormat } from "./file-format.ts";
import { WireError } from "./wire-error.ts";
import type { ZipkinSpan } from "./zipkin-json.ts";
import { decodeZipkinJson, ZipkinJsonDecoder } from "./zipkin-json-decoder.ts";
import { decodeZipkinProtobuf, ZipkinProtobufDecoder } from "./zipkin-protobuf-decoder.ts";
import { decodeZipkinThrift, ZipkinThriftDecoder } from "./zipkin-thrift-decoder.ts";

type Decode = (bytes: Uint8Array, sink: SpanSink) => DecodeOutcome;

interface Encoding {
  readonly format: FileFormat;
  encode(spans: readonly ZipkinSpan[]): Uint8Array;
  readonly decode: Decode;
}

const bytesOf = (document: unknown) => new TextEncoder().encode(JSON.stringify(document));

const ENCODINGS: Readonly<Record<string, Encoding>> = {
  "v2 JSON": { format: "zipkin-json", encode: bytesOf, decode: decodeZipkinJson },
  "v2 protobuf": {
    format: "zipkin-protobuf",
    encode: zipkinProtobuf,
    decode: decodeZipkinProtobuf,
  },
  "v1 JSON": {
    format: "zipkin-json",
    encode: (spans) => bytesOf(spans.map(zipkinV1Of)),
    decode: decodeZipkinJson,
  },
  "v1 Thrift": {
    format: "zipkin-thrift",
    encode: (spans) => zipkinThrift(spans.map(zipkinV1Of)),
    decode: decodeZipkinThrift,
  },
};

function spansOf(decode: Decode, bytes: Uint8Array): Span[] {
  const sink = new SpanCollector();
  const outcome = decode(bytes, sink);
  assert.equal(outcome.spanCount, sink.spans.length);
  assert.equal(outcome.rejectedSpanCount, 0);
  return sink.spans;
}

test("the same spans are equal in every encoding", () => {
  fc.assert(
    fc.property(zipkinSpans, (spans) => {
      const wanted = spansOf(decodeZipkinJson, bytesOf(spans));
      assert.equal(wanted.length, spans.length);
      for (const { encode, decode } of Object.values(ENCODINGS)) {
        assertSameSpans(spansOf(decode, encode(spans)), wanted);
      }
    }),
    { numRuns: 300 },
  );
});

test("a file of any encoding is known for what it is", () => {
  fc.assert(
    fc.property(
      zipkinSpans.filter((spans) => spans.length > 0),
      (spans) => {
        for (const { encode, format } of Object.values(ENCODINGS)) {
          assert.equal(sniffFormat(encode(spans)), format);
        }
      },
    ),
  );
  assert.equal(sniffFormat(zipkinThrift([])), "zipkin-thrift");
});

test("a decoder that is kept is not changed by what it has read", () => {
  const json = new ZipkinJsonDecoder();
  const protobuf = new ZipkinProtobufDecoder();
  const thrift = new ZipkinThriftDecoder();
  const kept: Readonly<Record<string, Decode>> = {
    "v2 JSON": (bytes, sink) => json.decode(bytes, sink),
    "v2 protobuf": (bytes, sink) => protobuf.decode(bytes, sink),
    "v1 JSON": (bytes, sink) => json.decode(bytes, sink),
    "v1 Thrift": (bytes, sink) => thrift.decode(bytes, sink),
  };
  fc.assert(
    fc.property(zipkinSpans, (spans) => {
      for (const [name, { encode, decode }] of Object.entries(ENCODINGS)) {
        const bytes = encode(spans);
        const before = bytes.slice();
        assertSameSpans(spansOf(kept[name] as Decode, bytes), spansOf(decode, bytes));
        assert.deepEqual(bytes, before, "an input is only read");
      }
    }),
    { numRuns: 100 },
  );
});

test("an input that is cut off anywhere is decoded in part or refused with a WireError", () => {
  const [spans] = fc.sample(
    zipkinSpans.filter((some) => some.length > 2),
    { numRuns: 1, seed: 7 },
  );
  assert.ok(spans !== undefined);
  for (const [name, { encode, decode }] of Object.entries(ENCODINGS)) {
    const bytes = encode(spans);
    let refusedCount = 0;
    for (let end = 0; end < bytes.length; end++) {
      try {
        decode(bytes.subarray(0, end), new SpanCollector());
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        refusedCount++;
      }
    }
    assert.ok(refusedCount > bytes.length * 0.9, name);
  }
});
