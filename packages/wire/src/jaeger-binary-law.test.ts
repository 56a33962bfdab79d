import assert from "node:assert/strict";
import { test } from "node:test";
import { type Span, SpanCollector, type SpanSink } from "@culprit/trace-model";
import fc from "fast-check";
import { assertSameSpans } from "../../trace-model/test/span-identity.ts";
import { batches } from "../test/jaeger-arbitrary.ts";
import {
  type Batch,
  jaegerJson,
  NO_PARENT,
  oldThriftPacket,
  protobufBatch,
  thriftBatch,
  thriftPacket,
} from "../test/jaeger-batch.ts";
import type { DecodeOutcome } from "./decode-outcome.ts";
import { decodeJaegerJson } from "./jaeger-json-decoder.ts";
import { JaegerProtobufDecoder } from "./jaeger-protobuf-decoder.ts";
import { JaegerThriftDecoder } from "./jaeger-thrift-decoder.ts";
import { WireError } from "./wire-error.ts";

interface Form {
  readonly name: string;
  encode(batch: Batch): Uint8Array;
  decode(bytes: Uint8Array, sink: SpanSink): DecodeOutcome;
  /** What the form can say of a batch. */
  readonly said?: (batch: Batch) => Batch;
}

const thrift = new JaegerThriftDecoder();
const protobuf = new JaegerProtobufDecoder();
const FORMS: readonly Form[] = [
  {
    name: "Thrift over HTTP",
    encode: thriftBatch,
    decode: (bytes, sink) => thrift.decodeBatch(bytes, sink),
  },
  {
    name: "Thrift over UDP, compact",
    encode: (batch) => thriftPacket("compact", batch),
    decode: (bytes, sink) => thrift.decodeMessage(bytes, sink),
  },
  {
    name: "Thrift over UDP, binary",
    encode: (batch) => thriftPacket("binary", batch),
    decode: (bytes, sink) => thrift.decodeMessage(bytes, sink),
  },
  {
    name: "Thrift over UDP, binary without a version",
    encode: oldThriftPacket,
    decode: (bytes, sink) => thrift.decodeMessage(bytes, sink),
  },
  {
    name: "protobuf",
    encode: protobufBatch,
    decode: (bytes, sink) => protobuf.decode(bytes, sink),
    said: ({ process, spans }) => ({
      process,
      spans: spans.map((span) => ({ ...span, parentSpanId: NO_PARENT })),
    }),
  },
];

function spansOf(form: Form, bytes: Uint8Array): Span[] {
  const sink = new SpanCollector();
  form.decode(bytes, sink);
  return sink.spans;
}

for (const form of FORMS) {
  test(`${form.name} is what Jaeger's JSON of the same spans is`, () => {
    fc.assert(
      fc.property(batches, (batch) => {
        const expected = new SpanCollector();
        const said = form.said?.(batch) ?? batch;
        const counted = decodeJaegerJson(jaegerJson(said), expected);
        const actual = new SpanCollector();
        const outcome = form.decode(form.encode(batch), actual);
        assertSameSpans(actual.spans, expected.spans);
        assert.equal(outcome.spanCount, counted.spanCount);
        assert.equal(outcome.rejectedSpanCount, counted.rejectedSpanCount);
        for (const [n, span] of actual.spans.entries()) {
          const keys = [...span.attributes.keys()];
          assert.deepEqual(keys, [...(expected.spans[n]?.attributes.keys() ?? [])]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test(`${form.name}: a Buffer inside a larger buffer decodes as its bytes alone do`, () => {
    fc.assert(
      fc.property(batches, fc.nat({ max: 20 }), (batch, offset) => {
        const bytes = form.encode(batch);
        const larger = Buffer.alloc(bytes.length + offset + 9, 0xff);
        larger.set(bytes, offset);
        const inside = larger.subarray(offset, offset + bytes.length);
        assertSameSpans(spansOf(form, inside), spansOf(form, bytes));
      }),
      { numRuns: 50 },
    );
  });

  test(`${form.name}: what is cut off anywhere is a WireError or fewer spans`, () => {
    fc.assert(
      fc.property(batches, fc.double({ min: 0, max: 1, noNaN: true }), (batch, share) => {
        const bytes = form.encode(batch);
        const cut = bytes.subarray(0, Math.floor(share * (bytes.length - 1)));
        try {
          assert.ok(spansOf(form, cut).length <= batch.spans.length);
        } catch (error) {
          if (!(error instanceof WireError)) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });
}

test("Thrift that is cut off is never taken for whole", () => {
  const [batch] = fc.sample(batches, { seed: 5, numRuns: 1 });
  assert.ok(batch !== undefined && batch.spans.length > 0);
  for (const form of FORMS.slice(0, 4)) {
    const bytes = form.encode(batch);
    for (let size = 0; size < bytes.length; size++) {
      assert.throws(() => spansOf(form, bytes.subarray(0, size)), { code: "malformed-thrift" });
    }
  }
});
