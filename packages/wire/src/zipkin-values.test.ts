import assert from "node:assert/strict";
import { test } from "node:test";
import { type AttributeValue, type Span, SpanCollector } from "@culprit/trace-model";
import { field, joined, text, varint } from "../test/protobuf-fields.ts";
import { i32, i64, list, string, struct, thriftBytes } from "../test/thrift-values.ts";
import { addressText } from "./zipkin-address.ts";
import { decodeZipkinJson } from "./zipkin-json-decoder.ts";
import { decodeZipkinProtobuf } from "./zipkin-protobuf-decoder.ts";
import { decodeZipkinThrift } from "./zipkin-thrift-decoder.ts";

const IDS = { traceId: "1", id: "2" };

function jsonSpan(fields: object): Span {
  const sink = new SpanCollector();
  decodeZipkinJson(JSON.stringify([{ ...IDS, ...fields }]), sink);
  const [span] = sink.spans;
  assert.ok(span !== undefined);
  return span;
}

const TYPED: readonly (readonly [type: string | undefined, given: unknown, AttributeValue])[] = [
  [undefined, "text", "text"],
  ["STRING", "true", "true"],
  ["STRING", 12, "12"],
  [undefined, true, true],
  ["BOOL", false, false],
  ["BOOL", "true", true],
  ["BOOL", "perhaps", "perhaps"],
  ["I16", 7, 7n],
  ["I32", "-70000", -70000n],
  [undefined, 42, 42n],
  ["I64", "9223372036854775807", 9223372036854775807n],
  ["I64", "9223372036854775808", "9223372036854775808"],
  ["I64", 1.5, "1.5"],
  ["DOUBLE", 2, 2],
  ["DOUBLE", "0.1", 0.1],
  ["DOUBLE", "much", "much"],
  [undefined, 1.5, 1.5],
  ["BYTES", "aGVsbG8=", new Uint8Array([104, 101, 108, 108, 111])],
  ["BYTES", "?", "?"],
  [undefined, null, ""],
];

for (const [type, given, wanted] of TYPED) {
  test(`a binary annotation of type ${type ?? "none"} and value ${JSON.stringify(given)}`, () => {
    const key = "after";
    const span = jsonSpan({
      binaryAnnotations: [
        { type, value: given, key: "k" },
        { key, value: "é" },
      ],
    });
    assert.deepEqual(
      span.attributes,
      new Map<string, AttributeValue>([
        ["k", wanted],
        [key, "é"],
      ]),
    );
  });
}

test("a binary annotation's value is no object", () => {
  assert.throws(
    () => jsonSpan({ binaryAnnotations: [{ key: "k", value: {} }] }),
    /^WireError: \[0\]\.binaryAnnotations\[0\]\.value: a string wanted, found an object$/,
  );
});

test("Thrift's types are kept; a value that is not of its type's size stays bytes", () => {
  const values: readonly (readonly [type: number, bytes: number[], wanted: AttributeValue])[] = [
    [0, [1], true],
    [0, [0], false],
    [1, [1, 255], new Uint8Array([1, 255])],
    [2, [255, 254], -2n],
    [3, [0, 0, 1, 0], 256n],
    [4, [128, 0, 0, 0, 0, 0, 0, 0], -(2n ** 63n)],
    [5, [63, 240, 0, 0, 0, 0, 0, 0], 1],
    [6, [104, 105], "hi"],
    [4, [1, 2], new Uint8Array([1, 2])],
    [99, [1], new Uint8Array([1])],
  ];
  const span = struct(
    [1, i64(1n)],
    [4, i64(2n)],
    [
      8,
      list(
        "struct",
        values.map(([type, bytes], i) =>
          struct([1, string(`k${i}`)], [2, string(Uint8Array.from(bytes))], [3, i32(type)]),
        ),
      ),
    ],
  );
  const sink = new SpanCollector();
  decodeZipkinThrift(thriftBytes("binary", list("struct", [span])), sink);
  assert.deepEqual(
    sink.spans[0]?.attributes,
    new Map(values.map(([, , wanted], i) => [`k${i}`, wanted])),
  );
});

test("ids of fewer digits are padded, in any case; what is no id is hashed and kept", () => {
  const span = jsonSpan({ traceId: "ABC", id: "0000000000000000f", parentId: "Zero" });
  assert.equal(span.traceId, "abc".padStart(32, "0"));
  assert.equal(span.spanId.length, 16);
  assert.equal(span.attributes.get("culprit.original_id"), "0000000000000000f");
  assert.match(span.parentSpanId, /^[0-9a-f]{16}$/);
  assert.equal(jsonSpan({ parentId: "00" }).parentSpanId, "");
  assert.equal(jsonSpan({ parentId: "2" }).parentSpanId, "", "a span that is its own parent");
  const named = jsonSpan({ traceId: "order \u00e9 7", id: "1" });
  assert.equal(named.attributes.get("culprit.original_trace_id"), "order é 7");
});

test("ids of protobuf may be shorter than ours, not longer", () => {
  const sink = new SpanCollector();
  const id = (...bytes: number[]) => field(3, bytes);
  const outcome = decodeZipkinProtobuf(
    joined(
      field(1, field(1, [0, 0, 0, 0, 0, 0, 0, 9]), id(1, 2)),
      field(1, field(1, new Uint8Array(17).fill(1)), id(1)),
      field(1, field(1, [1]), field(2, new Uint8Array(9).fill(1)), id(1)),
      field(1, field(1, [1]), text(5, "nameless id")),
    ),
    sink,
  );
  assert.deepEqual(
    sink.spans.map(({ traceId, spanId }) => [traceId, spanId]),
    [["9".padStart(32, "0"), "0102".padStart(16, "0")]],
  );
  assert.equal(outcome.rejectedSpanCount, 3);
  assert.match(outcome.rejectedMessage, /^3 spans rejected; the first: a trace id of more than 16/);
});

test("protobuf that is not as it should be is passed over or refused", () => {
  const ids = joined(field(1, [1]), field(3, [2]));
  const unknown = joined(field(200, [1, 2, 3]), varint(201 * 8), [7], varint(4 * 8), [9]);
  const sink = new SpanCollector();
  decodeZipkinProtobuf(joined(field(9, [1]), field(1, ids, unknown)), sink);
  assert.equal(sink.spans.length, 1);
  assert.equal(sink.spans[0]?.kind, 0);
  assert.throws(() => decodeZipkinProtobuf(field(1, field(3, [2])).subarray(0, 3), sink), {
    code: "malformed-protobuf",
  });
});

test("times are microseconds of any kind, and none is 0", () => {
  const cases: readonly (readonly [given: unknown, nanos: bigint])[] = [
    [1_795_000_000_000_001, 1_795_000_000_000_001_000n],
    ["1795000000000001", 1_795_000_000_000_001_000n],
    [1.5, 1500n],
    [1e6, 1_000_000_000n],
    [-5, 0n],
    [null, 0n],
    [1e30, 2n ** 64n - 1n],
    ["9".repeat(1000), 2n ** 64n - 1n],
  ];
  for (const [timestamp, nanos] of cases) {
    assert.equal(jsonSpan({ timestamp }).startUnixNano, nanos, String(timestamp));
  }
  assert.throws(
    () => jsonSpan({ timestamp: "noon" }),
    /timestamp: microseconds wanted, found "noon"/,
  );
  assert.throws(() => jsonSpan({ duration: [1] }), /duration: microseconds wanted, found an array/);
  assert.throws(() => jsonSpan({ localEndpoint: { port: -1 } }), /port: an integer .* found -1/);
});

const SPAN_STATUS: readonly (readonly [
  tags: object,
  status: number,
  message: string,
  left: object,
])[] = [
  [{ error: "true" }, 2, "", {}],
  [{ error: "" }, 2, "", { error: "" }],
  [{ error: "no funds" }, 2, "no funds", { error: "no funds" }],
  [{ error: "false" }, 0, "", { error: "false" }],
  [{ error: "late", "otel.status_code": "OK" }, 1, "", { error: "late" }],
  [{ error: "a", "otel.status_description": "b" }, 2, "b", { error: "a" }],
  [{ "otel.status_code": "ERROR", "otel.status_description": "b" }, 2, "b", {}],
];

for (const [tags, status, message, left] of SPAN_STATUS) {
  test(`the status of ${JSON.stringify(tags)}`, () => {
    const span = jsonSpan({ tags });
    assert.equal(span.statusCode, status);
    assert.equal(span.statusMessage, message);
    assert.deepEqual(span.attributes, new Map(Object.entries(left)));
  });
}

test("addresses are written as people write them", () => {
  const cases: readonly (readonly [groups: number[], written: string])[] = [
    [[0, 0, 0, 0, 0, 0, 0, 0], "::"],
    [[0, 0, 0, 0, 0, 0, 0, 1], "::1"],
    [[0x2001, 0xdb8, 0, 0, 0, 0, 0, 0xc001], "2001:db8::c001"],
    [[1, 0, 3, 4, 5, 6, 7, 8], "1:0:3:4:5:6:7:8"],
    [[1, 0, 0, 4, 5, 0, 0, 0], "1:0:0:4:5::"],
    [[0xfe80, 0, 0, 1, 0, 0, 2, 0], "fe80::1:0:0:2:0"],
    [[0, 0, 0, 0, 0, 0xffff, 0x0a00, 0x0001], "10.0.0.1"],
  ];
  for (const [groups, written] of cases) {
    const bytes = Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]));
    assert.equal(addressText(bytes, 0, 16), written);
  }
  assert.equal(addressText(Uint8Array.of(9, 10, 43, 17, 42, 9), 1, 5), "10.43.17.42");
});

test("of two addresses version 4 counts, in whatever order", () => {
  for (const localEndpoint of [
    { ipv4: "1.2.3.4", ipv6: "::1" },
    { ipv6: "::1", ipv4: "1.2.3.4" },
  ]) {
    assert.deepEqual(
      jsonSpan({ localEndpoint }).attributes,
      new Map([["network.local.address", "1.2.3.4"]]),
    );
  }
});
