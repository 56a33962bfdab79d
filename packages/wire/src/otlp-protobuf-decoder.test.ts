import assert from "node:assert/strict";
import { test } from "node:test";
import { type Span, SpanCollector } from "@culprit/trace-model";
import { field, ids, joined, type Part, request, text, varint } from "../test/protobuf-fields.ts";
import { decodeOtlpProtobuf, OtlpProtobufDecoder } from "./otlp-protobuf-decoder.ts";
import { WireError } from "./wire-error.ts";

function spansOf(bytes: Uint8Array): Span[] {
  const sink = new SpanCollector();
  decodeOtlpProtobuf(bytes, sink);
  return sink.spans;
}

function onlySpan(...parts: readonly Part[]): Span {
  const [span, ...rest] = spansOf(request(joined(ids(), ...parts)));
  assert.ok(span !== undefined && rest.length === 0);
  return span;
}

function attributeValue(...anyValue: readonly Part[]): unknown {
  return onlySpan(field(9, text(1, "k"), field(2, ...anyValue))).attributes.get("k");
}

function codeOf(bytes: Uint8Array): string {
  try {
    spansOf(bytes);
  } catch (error) {
    assert.ok(error instanceof WireError, String(error));
    return error.code;
  }
  return "decoded";
}

test("no bytes are a request without spans", () => {
  assert.deepEqual(decodeOtlpProtobuf(new Uint8Array(0), new SpanCollector()), {
    spanCount: 0,
    rejectedSpanCount: 0,
    rejectedMessage: "",
  });
});

test("a span of ids alone has every default", () => {
  const span = onlySpan();
  assert.equal(span.traceId, "0102030405060708090a0b0c0d0e0f10");
  assert.equal(span.spanId, "2122232425262728");
  assert.equal(span.parentSpanId, "");
  assert.equal(span.startUnixNano, 0n);
  assert.equal(span.name, "");
  assert.equal(span.attributes.size, 0);
});

test("resource, scope and schema URLs count wherever they stand", () => {
  const span = field(2, ids());
  const scope = field(1, text(1, "lib"), text(2, "1.0"));
  const resource = field(1, field(1, text(1, "service.name"), field(2, text(1, "shop"))));
  const [late] = spansOf(
    field(1, field(2, span, text(3, "scope-url"), scope), text(3, "resource-url"), resource),
  );
  assert.equal(late?.resource.attributes.get("service.name"), "shop");
  assert.equal(late?.resource.schemaUrl, "resource-url");
  assert.equal(late?.scope.name, "lib");
  assert.equal(late?.scope.schemaUrl, "scope-url");
});

test("fields of the span count wherever they stand, also between attributes", () => {
  const attribute = (key: string) => field(9, text(1, key), field(2, text(1, "v")));
  const [span] = spansOf(request(joined(attribute("a"), text(5, "name"), attribute("b"), ids())));
  assert.equal(span?.name, "name");
  assert.deepEqual([...(span?.attributes.keys() ?? [])], ["a", "b"]);
});

test("attribute values keep their types", () => {
  assert.equal(attributeValue(text(1, "")), "");
  assert.equal(attributeValue([0x10, 1]), true);
  assert.equal(attributeValue([0x10, 0]), false);
  assert.equal(attributeValue([0x18, ...Array(9).fill(0xff), 1]), -1n);
  assert.equal(
    attributeValue([0x18, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]),
    2n ** 53n + 1n,
  );
  assert.equal(attributeValue([0x21, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f]), Number.NaN);
  assert.deepEqual(attributeValue(field(7, [1, 2])), new Uint8Array([1, 2]));
  assert.deepEqual(attributeValue(field(5, field(1, [0x18, 7]), field(1))), [7n, null]);
  assert.deepEqual(
    attributeValue(field(6, field(1, text(1, "x"), field(2, [0x10, 1])))),
    new Map([["x", true]]),
  );
  assert.equal(attributeValue(), null);
});

test("of two values in one AnyValue the last counts", () => {
  assert.equal(attributeValue(text(1, "first"), text(1, "second")), "second");
  assert.equal(attributeValue(text(1, "first"), [0x18, 7]), 7n);
  assert.equal(attributeValue([0x18, 7], [0x10, 1]), true);
});

test("an attribute without a value is null, one without a key has the empty key", () => {
  const span = onlySpan(field(9, text(1, "bare")), field(9, field(2, text(1, "v"))));
  assert.deepEqual(
    [...span.attributes],
    [
      ["bare", null],
      ["", "v"],
    ],
  );
});

test("unknown fields of every wire type are passed over, groups too", () => {
  const span = onlySpan(
    [0xa0, 0x06, 0xff, 0x01], // varint
    [0xa1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8], // fixed64
    text(100, "unknown"),
    [0xa3, 0x06, 0xab, 0x06, 0x08, 0x01, 0xac, 0x06, 0xa4, 0x06], // a group in a group
    [0xa5, 0x06, 1, 2, 3, 4], // fixed32
    [0x28, 1], // field 5, the name, as a varint
    text(5, "kept"),
  );
  assert.equal(span.name, "kept");
});

test("an enum or count of ten bytes keeps its low 32 bits", () => {
  const span = onlySpan([0x30, ...Array(9).fill(0xff), 1], [0x50, 0xff, 0xff, 0xff, 0xff, 0x0f]);
  assert.equal(span.kind, -1);
  assert.equal(span.droppedAttributesCount, 0xffffffff);
});

test("a parent id that is absent, empty or zero means none", () => {
  assert.equal(onlySpan().parentSpanId, "");
  assert.equal(onlySpan(field(4)).parentSpanId, "");
  assert.equal(onlySpan(field(4, new Uint8Array(8))).parentSpanId, "");
  assert.equal(onlySpan(field(4, [1, 2, 3, 4, 5, 6, 7, 8])).parentSpanId, "0102030405060708");
});

test("a span whose ids are not ids is rejected alone", () => {
  const good = ids();
  const bad = [
    text(5, "no ids"),
    joined(field(1, new Uint8Array(8).fill(1)), field(2, new Uint8Array(8).fill(1))),
    joined(field(1, new Uint8Array(16)), field(2, new Uint8Array(8).fill(1))),
    joined(field(1, new Uint8Array(16).fill(1)), field(2, new Uint8Array(8))),
    joined(field(1, new Uint8Array(16).fill(1)), field(2, new Uint8Array(7).fill(1))),
    joined(ids(), field(4, new Uint8Array(7))),
  ];
  const sink = new SpanCollector();
  const outcome = decodeOtlpProtobuf(request(good, ...bad, good), sink);
  assert.equal(sink.spans.length, 2);
  assert.equal(outcome.spanCount, 2);
  assert.equal(outcome.rejectedSpanCount, 6);
  assert.match(outcome.rejectedMessage, /^6 spans rejected; the first: a trace id of 0 bytes/);
});

test("a link with ids of a wrong length counts as dropped, one without ids is kept as zeros", () => {
  const span = onlySpan(
    field(13, field(1, [1, 2]), field(2, new Uint8Array(8))),
    field(13, text(3, "state"), [0x28, 3]),
    [0x70, 4],
  );
  assert.equal(span.droppedLinksCount, 5);
  assert.deepEqual(span.links, [
    {
      traceId: "0".repeat(32),
      spanId: "0".repeat(16),
      traceState: "state",
      attributes: new Map(),
      droppedAttributesCount: 3,
      flags: 0,
    },
  ]);
});

test("equal resources and scopes are one object from request to request", () => {
  const sink = new SpanCollector();
  const decoder = new OtlpProtobufDecoder();
  const of = (service: string, url: string) =>
    field(
      1,
      field(1, field(1, text(1, "service.name"), field(2, text(1, service)))),
      field(2, field(1, text(1, "lib")), field(2, ids())),
      text(3, url),
    );
  decoder.decode(joined(of("a", ""), of("b", "")), sink);
  decoder.decode(joined(of("a", ""), of("a", "url")), sink);
  const [a, b, again, withUrl] = sink.spans;
  assert.equal(a?.resource, again?.resource);
  assert.notEqual(a?.resource, b?.resource);
  assert.notEqual(a?.resource, withUrl?.resource);
  assert.equal(withUrl?.resource.schemaUrl, "url");
  assert.equal(a?.scope, b?.scope);
});

test("what is not protobuf is an error that names the byte", () => {
  assert.equal(codeOf(new TextEncoder().encode("not protobuf")), "malformed-protobuf");
  assert.throws(
    () => spansOf(Uint8Array.of(0x0a, 5, 1)),
    /at byte 1: a field of 5 bytes where 1 are/,
  );
  assert.throws(() => spansOf(Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 1)), /at byte 1/);
  assert.throws(() => spansOf(new Uint8Array(11).fill(0xff)), /more than 10 bytes/);
  assert.throws(() => spansOf(Uint8Array.of(0x80)), /cut off/);
  assert.throws(() => spansOf(Uint8Array.of(0x00)), /field number 0/);
  assert.throws(() => spansOf(Uint8Array.of(0x0f)), /wire type 7/);
  assert.throws(() => spansOf(Uint8Array.of(0x0c)), /never begun/);
  assert.throws(() => spansOf(Uint8Array.of(0x13)), /without an end/);
  assert.throws(() => spansOf(Uint8Array.of(0x13, 0x1c)), /another group/);
  assert.equal(codeOf(Uint8Array.from({ length: 10_000 }, () => 0x13)), "malformed-protobuf");
});

test("values nested 10,000 deep are refused without exhausting the stack, 60 deep are kept", () => {
  const nested = (depth: number) => {
    let value = text(1, "leaf");
    for (let i = 0; i < depth; i++) value = field(5, field(1, value));
    return request(joined(ids(), field(9, text(1, "k"), field(2, value))));
  };
  assert.equal(codeOf(nested(60)), "decoded");
  assert.equal(codeOf(nested(64)), "nested-too-deeply");
  const tags: number[] = [];
  for (let i = 0; i < 10_000; i++) {
    // Innermost first, so each tag and length is put down backwards: an element in an array.
    for (const tag of [0x0a, 0x2a]) tags.push(...varint(tags.length).reverse(), tag);
  }
  const deep = Uint8Array.from(tags.reverse());
  assert.equal(
    codeOf(request(joined(ids(), field(9, text(1, "k"), field(2, deep))))),
    "nested-too-deeply",
  );
});
