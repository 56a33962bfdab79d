import assert from "node:assert/strict";
import { test } from "node:test";
import { type Span, SpanCollector } from "@culprit/trace-model";
import { batchOf, batchSpan, protobufBatch } from "../test/jaeger-batch.ts";
import {
  field,
  joined,
  type Part,
  SPAN_ID,
  TRACE_ID,
  text,
  varint,
} from "../test/protobuf-fields.ts";
import { decodeJaegerProtobuf, JaegerProtobufDecoder } from "./jaeger-protobuf-decoder.ts";

function spansOf(bytes: Uint8Array): Span[] {
  const sink = new SpanCollector();
  decodeJaegerProtobuf(bytes, sink);
  return sink.spans;
}

function onlySpan(...fields: readonly Part[]): Span {
  const [span, ...rest] = spansOf(
    field(1, field(1, field(1, TRACE_ID), field(2, SPAN_ID), ...fields)),
  );
  assert.ok(span !== undefined && rest.length === 0);
  return span;
}

test("a span's own process comes before that of the batch", () => {
  const [first, second] = [batchSpan({ name: "first" }), batchSpan({ name: "second" })];
  const own = { serviceName: "own", tags: [["host", "h"]] as const };
  const bytes = protobufBatch(batchOf(first, second), {
    processOf: (span) => (span === first ? own : undefined),
  });
  assert.deepEqual(
    spansOf(bytes).map(({ resource }) => [...resource.attributes]),
    [
      [
        ["service.name", "own"],
        ["host", "h"],
      ],
      [["service.name", "svc"]],
    ],
  );
});

test("warnings of a span are kept where Jaeger keeps them", () => {
  const bytes = protobufBatch(batchOf(batchSpan()), { warnings: ["skew", "more"] });
  assert.deepEqual(spansOf(bytes)[0]?.attributes.get("@jaeger@warnings"), ["skew", "more"]);
});

test("an id of 8 bytes is a trace's of 64 bits, a longer one than 16 is none", () => {
  const spanOf = (traceId: Uint8Array) =>
    field(1, field(1, field(1, traceId), field(2, SPAN_ID), text(3, "op")));
  assert.equal(spansOf(spanOf(SPAN_ID))[0]?.traceId, "00000000000000002122232425262728");
  const sink = new SpanCollector();
  const outcome = decodeJaegerProtobuf(
    joined(spanOf(joined(TRACE_ID, [1])), spanOf(TRACE_ID)),
    sink,
  );
  assert.equal(sink.spans.length, 1);
  assert.match(outcome.rejectedMessage, /^1 span rejected; the first: a trace id of 17 bytes/);
});

test("a reference without a trace id means this trace, one with a bad id is left out", () => {
  const span = onlySpan(
    field(4, field(2, joined(SPAN_ID, [1]))),
    field(4, field(2, [1])),
    field(4, field(1, [7]), field(2, [2])),
  );
  assert.equal(span.parentSpanId, "0000000000000001");
  assert.deepEqual(
    span.links.map(({ traceId, spanId }) => [traceId, spanId]),
    [["00000000000000000000000000000007", "0000000000000002"]],
  );
});

test("times are seconds and nanoseconds, exact, also where they are negative", () => {
  const time = (number: number, seconds: number[], nanos: number[]) =>
    field(number, [0x08, ...seconds], [0x10, ...nanos]);
  const span = onlySpan(
    time(6, varint(1_795_000_000), varint(123_456_789)),
    time(7, [0], [255, 255, 255, 255, 255, 255, 255, 255, 255, 1]),
  );
  assert.equal(span.startUnixNano, 1_795_000_000_123_456_789n);
  assert.equal(span.endUnixNano, span.startUnixNano - 1n);
  const before = onlySpan(time(6, [255, 255, 255, 255, 255, 255, 255, 255, 255, 1], [0]));
  assert.equal(before.startUnixNano, 0n);
});

test("a message that is none is a WireError, an empty one has no spans", () => {
  assert.deepEqual(spansOf(new Uint8Array(0)), []);
  const bytes = protobufBatch(batchOf(batchSpan()));
  assert.throws(() => spansOf(bytes.subarray(0, 20)), { code: "malformed-protobuf" });
});

test("an equal process is one object from request to request", () => {
  const decoder = new JaegerProtobufDecoder();
  const sink = new SpanCollector();
  const bytes = protobufBatch(batchOf(batchSpan()));
  for (let n = 0; n < 2; n++) decoder.decode(bytes, sink);
  assert.equal(sink.spans[0]?.resource, sink.spans[1]?.resource);
});
