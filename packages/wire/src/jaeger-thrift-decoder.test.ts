import assert from "node:assert/strict";
import { test } from "node:test";
import { type Span, SpanCollector } from "@culprit/trace-model";
import {
  type Batch,
  batchOf,
  batchSpan,
  batchStruct,
  processStruct,
  spanStruct,
  thriftBatch,
  thriftPacket,
} from "../test/jaeger-batch.ts";
import {
  bool,
  double,
  i32,
  i64,
  list,
  string,
  struct,
  THRIFT_PROTOCOLS,
  type ThriftField,
  type ThriftProtocol,
  type ThriftValue,
  thriftBytes,
  thriftMessage,
} from "../test/thrift-values.ts";
import { JaegerThriftDecoder } from "./jaeger-thrift-decoder.ts";

const PROCESS = processStruct({ serviceName: "svc", tags: [["host", "h"]] });
const SPAN = spanStruct(batchSpan());
const malformed = (message: RegExp) => ({ name: "WireError", code: "malformed-thrift", message });

function packet(protocol: ThriftProtocol, batch: ThriftValue): Uint8Array {
  return thriftMessage(protocol, "emitBatch", struct([1, batch]));
}

function spansOf(bytes: Uint8Array): Span[] {
  const sink = new SpanCollector();
  new JaegerThriftDecoder().decodeMessage(bytes, sink);
  return sink.spans;
}

function onlySpan(protocol: ThriftProtocol, ...fields: readonly ThriftField[]): Span {
  const own = struct([1, i64(1n)], [3, i64(2n)], ...fields);
  const [span, ...rest] = spansOf(
    packet(protocol, struct([1, PROCESS], [2, list("struct", [own])])),
  );
  assert.ok(span !== undefined && rest.length === 0);
  return span;
}

const tag = (type: number, ...value: readonly ThriftField[]): ThriftValue =>
  struct([1, string("k")], [2, i32(type)], ...value);

for (const protocol of THRIFT_PROTOCOLS) {
  test(`${protocol}: number and losses of the client are told, absent ones as absent`, () => {
    const counted: Batch = { ...batchOf(batchSpan()), seqNo: 2n ** 40n + 7n, stats: [1n, 2n, 3n] };
    const decoder = new JaegerThriftDecoder();
    const outcome = decoder.decodeMessage(thriftPacket(protocol, counted), new SpanCollector());
    assert.equal(outcome.seqNo, 2 ** 40 + 7);
    assert.deepEqual(outcome.clientStats, {
      fullQueueDroppedSpans: 1,
      tooLargeDroppedSpans: 2,
      failedToEmitSpans: 3,
    });
    assert.equal(outcome.resource.attributes.get("service.name"), "svc");
    const plain = thriftPacket(protocol, batchOf(batchSpan()));
    const other = decoder.decodeMessage(plain, new SpanCollector());
    assert.equal(other.seqNo, undefined);
    assert.equal(other.clientStats, undefined);
  });

  test(`${protocol}: fields that are not known are passed over, whatever they hold`, () => {
    const unknown: readonly ThriftField[] = [
      [100, bool(true)],
      [101, { type: "byte", value: 1 }],
      [102, { type: "i16", value: -300 }],
      [103, i32(7)],
      [104, double(1.5)],
      [105, string("text")],
      [106, struct([1, bool(false)], [2, struct()])],
      [107, { type: "set", of: "bool", values: [bool(true), bool(false)] }],
      [108, list("i64", [i64(-1n), i64(1n)])],
      [
        109,
        { type: "map", of: ["string", "list"], entries: [[string("a"), list("i32", [i32(1)])]] },
      ],
      [110, { type: "map", of: ["string", "bool"], entries: [] }],
      [-5, i64(3n)],
    ];
    const withUnknown = (value: ThriftValue): ThriftValue =>
      value.type === "struct" ? struct(...value.fields, ...unknown) : value;
    const batch = struct(
      [1, withUnknown(PROCESS)],
      [2, list("struct", [withUnknown(SPAN), SPAN])],
      ...unknown,
    );
    const message = thriftMessage(
      protocol,
      "emitBatch",
      struct(...unknown.slice(0, -1), [1, batch]),
    );
    assert.deepEqual(
      spansOf(message).map(({ name }) => name),
      ["op", "op"],
    );
  });

  test(`${protocol}: a known field of another type is a field that is not known`, () => {
    const span = onlySpan(
      protocol,
      [5, i64(7n)],
      [6, list("i32", [i32(1), i32(2)])],
      [7, string("flags")],
      [10, list("string", [string("a"), string("b")])],
      [11, struct()],
      [9, i64(5n)],
    );
    assert.equal(span.name, "");
    assert.equal(span.flags, 0);
    assert.equal(span.attributes.size, 0);
    assert.equal(span.endUnixNano, 5000n);
  });

  test(`${protocol}: the process may come after the spans`, () => {
    const [span] = spansOf(
      packet(protocol, struct([2, list("struct", [SPAN])], [3, i64(1n)], [1, PROCESS])),
    );
    assert.equal(span?.resource.attributes.get("host"), "h");
  });

  test(`${protocol}: the type of a tag says which of its values counts`, () => {
    const all: readonly ThriftField[] = [
      [3, string("text")],
      [4, double(2.5)],
      [5, bool(true)],
      [6, i64(-7n)],
      [7, string(new Uint8Array([0, 255]))],
    ];
    const values = [0, 1, 2, 3, 4, 5, -1].map((type) =>
      onlySpan(protocol, [10, list("struct", [tag(type, ...all)])]).attributes.get("k"),
    );
    const bytes = new Uint8Array([0, 255]);
    assert.deepEqual(values, ["text", 2.5, true, -7n, bytes, "text", "text"]);
  });

  test(`${protocol}: a tag without its value has that of nothing`, () => {
    const values = [0, 1, 2, 3, 4].map((type) =>
      onlySpan(protocol, [10, list("struct", [tag(type)])]).attributes.get("k"),
    );
    assert.deepEqual(values, ["", 0, false, 0n, new Uint8Array(0)]);
  });

  test(`${protocol}: times that nobody can mean are bounded, and an end may lie before its start`, () => {
    const times = (start: bigint, duration: bigint) => {
      const span = onlySpan(protocol, [8, i64(start)], [9, i64(duration)]);
      return [span.startUnixNano, span.endUnixNano];
    };
    assert.deepEqual(times(1_795_000_000_000_001n, -2n), [
      1_795_000_000_000_001_000n,
      1_794_999_999_999_999_000n,
    ]);
    assert.deepEqual(times(-5n, 7n), [0n, 2000n]);
    assert.deepEqual(times(2n ** 63n - 1n, 2n ** 63n - 1n), [2n ** 64n - 1n, 2n ** 64n - 1n]);
    assert.deepEqual(times(5n, -(2n ** 63n)), [5000n, 0n]);
  });

  test(`${protocol}: a list that claims 2^31 elements fails at once`, () => {
    const claim =
      protocol === "binary" ? [12, 0x7f, 0xff, 0xff, 0xff] : [0xfc, 255, 255, 255, 255, 7];
    const head = protocol === "binary" ? [15, 0, 2] : [0x19];
    const process = thriftBytes(protocol, struct([1, PROCESS])).subarray(0, -1);
    const args = protocol === "binary" ? [12, 0, 1] : [0x1c];
    const message = thriftMessage(protocol, "emitBatch", struct()).subarray(0, -1);
    const bytes = Uint8Array.from([...message, ...args, ...process, ...head, ...claim, 0, 0, 0]);
    const start = performance.now();
    assert.throws(() => spansOf(bytes), malformed(/2147483647 elements where 3 bytes are left/));
    assert.ok(performance.now() - start < 1000);
  });

  test(`${protocol}: values nested too deeply end with their own code`, () => {
    let nested = struct();
    for (let depth = 0; depth < 100; depth++) nested = struct([1, nested]);
    const batch = struct([1, PROCESS], [2, list("struct", [SPAN])], [9, nested]);
    assert.throws(() => spansOf(packet(protocol, batch)), { code: "nested-too-deeply" });
  });

  test(`${protocol}: a batch without a process or without spans is none`, () => {
    assert.throws(
      () => spansOf(packet(protocol, struct([2, list("struct", [])]))),
      malformed(/a batch without a process/),
    );
    assert.throws(
      () => spansOf(packet(protocol, struct([1, PROCESS]))),
      malformed(/a batch without spans/),
    );
    assert.throws(
      () => spansOf(thriftMessage(protocol, "emitBatch", struct())),
      malformed(/emitBatch without a batch/),
    );
  });

  test(`${protocol}: only a call of emitBatch is taken`, () => {
    const args = struct([1, list("struct", [])]);
    assert.throws(
      () => spansOf(thriftMessage(protocol, "emitZipkinBatch", args)),
      malformed(/a call of "emitZipkinBatch"/),
    );
    const [typeAt, answer] = protocol === "binary" ? [3, 2] : [1, 0x41];
    const reply = packet(protocol, batchStruct(batchOf(batchSpan())));
    reply[typeAt as number] = answer as number;
    assert.throws(() => spansOf(reply), malformed(/a message of type 2 where a call is wanted/));
    const [versionAt, other] = protocol === "binary" ? [1, 2] : [1, 0x82];
    const versioned = packet(protocol, batchStruct(batchOf(batchSpan())));
    versioned[versionAt as number] = other as number;
    assert.throws(() => spansOf(versioned), malformed(/version/));
  });

  test(`${protocol}: a span without an id is left out alone, and the first reason is told`, () => {
    const batch = batchOf(
      batchSpan({ traceId: "0".repeat(32), name: "lost" }),
      batchSpan(),
      batchSpan({ spanId: "0".repeat(16) }),
    );
    const sink = new SpanCollector();
    const outcome = new JaegerThriftDecoder().decodeMessage(thriftPacket(protocol, batch), sink);
    assert.equal(sink.spans.length, 1);
    assert.equal(outcome.spanCount, 1);
    assert.equal(
      outcome.rejectedMessage,
      '2 spans rejected; the first: a span without a trace id ("lost")',
    );
  });
}

test("an equal process is one object from batch to batch, a scope as well", () => {
  const decoder = new JaegerThriftDecoder();
  const sink = new SpanCollector();
  const scoped = batchSpan({ tags: [["otel.scope.name", "lib"]] });
  for (let n = 0; n < 2; n++) decoder.decodeBatch(thriftBatch(batchOf(scoped, scoped)), sink);
  assert.equal(new Set(sink.spans.map(({ resource }) => resource)).size, 1);
  assert.equal(new Set(sink.spans.map(({ scope }) => scope)).size, 1);
  assert.equal(sink.spans[0]?.scope.name, "lib");
});

test("a batch that follows a large one knows nothing of it", () => {
  const decoder = new JaegerThriftDecoder();
  const large = batchSpan({
    name: "n".repeat(50_000),
    tags: Array.from({ length: 100_000 }, (_, n) => [`k${n}`, "server"] as const),
    references: Array.from({ length: 10_000 }, () => ({
      refType: "FOLLOWS_FROM" as const,
      traceId: "0".repeat(32),
      spanId: "0000000000000009",
    })),
    logs: Array.from({ length: 30_000 }, () => ({ micros: 1n, fields: [] })),
  });
  const sink = new SpanCollector();
  decoder.decodeBatch(thriftBatch(batchOf(large, batchSpan())), sink);
  const [first, second] = sink.spans;
  assert.equal(first?.name.length, 50_000);
  assert.equal(first?.attributes.size, 100_000);
  assert.equal(first?.events.length, 30_000);
  assert.equal(first?.links.length, 10_000);
  assert.equal(first?.parentSpanId, "0000000000000009");
  const plain = new SpanCollector();
  new JaegerThriftDecoder().decodeBatch(thriftBatch(batchOf(batchSpan())), plain);
  assert.deepEqual(second, plain.spans[0]);
});
