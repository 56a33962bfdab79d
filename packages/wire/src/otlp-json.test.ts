import assert from "node:assert/strict";
import { test } from "node:test";
import { type Span, SpanCollector } from "@culprit/trace-model";
import fc from "fast-check";
import { spans as anySpans } from "../../trace-model/test/span-arbitrary.ts";
import { assertSameSpans } from "../../trace-model/test/span-identity.ts";
import { assertSameOtlp } from "../test/otlp-identity.ts";
import { fixtureBytes, fixtureJson, fixturesIn, skip } from "../test/shared-fixtures.ts";
import { decodeOtlpJson, OtlpJsonDecoder } from "./otlp-json-decoder.ts";
import { encodeOtlpJson } from "./otlp-json-encoder.ts";
import { decodeOtlpProtobuf } from "./otlp-protobuf-decoder.ts";
import { encodeOtlpProtobuf } from "./otlp-protobuf-encoder.ts";
import { WireError } from "./wire-error.ts";

function spansOf(input: string | Uint8Array): Span[] {
  const sink = new SpanCollector();
  decodeOtlpJson(input, sink);
  return sink.spans;
}

const IDS = '"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174"';

function request(...spans: readonly string[]): string {
  return `{"resourceSpans":[{"scopeSpans":[{"spans":[${spans.join(",")}]}]}]}`;
}

function onlySpan(fields: string): Span {
  const [span, ...rest] = spansOf(request(`{${IDS},${fields}}`));
  assert.ok(span !== undefined && rest.length === 0);
  return span;
}

function attributeValue(value: string): unknown {
  return onlySpan(`"attributes":[{"key":"k","value":${value}}]`).attributes.get("k");
}

test("decoding what was encoded gives the same spans", () => {
  fc.assert(
    fc.property(anySpans, (spans) => assertSameSpans(spansOf(encodeOtlpJson(spans)), spans)),
    { numRuns: 300 },
  );
});

const otlpFixtures = [
  ...fixturesIn("otlp"),
  ...fixturesIn("jaeger-storage/traces"),
  "jaeger-recorded/otlp-in.json",
  "jaeger-api/otlp2jaeger-in.json",
];

for (const path of otlpFixtures) {
  test(`import then export is identity: ${path}`, { skip }, () => {
    const spans = spansOf(fixtureBytes(path));
    assertSameOtlp(JSON.parse(encodeOtlpJson(spans)), fixtureJson(path));
    const sink = new SpanCollector();
    decodeOtlpProtobuf(encodeOtlpProtobuf(spans), sink);
    assertSameOtlp(JSON.parse(encodeOtlpJson(sink.spans)), fixtureJson(path));
  });
}

for (const path of ["jaeger-api/v3-GetTrace.json", "jaeger-api/v3-FindTraces.json"]) {
  test(`an answer of the v3 API is read as the document in it: ${path}`, { skip }, () => {
    const { result } = fixtureJson(path) as { result: unknown };
    assertSameOtlp(JSON.parse(encodeOtlpJson(spansOf(fixtureBytes(path)))), result);
  });
}

test("ids come in any case and leave in lower case", () => {
  assert.equal(onlySpan('"parentSpanId":"EEE19B7EC3C1B17A"').parentSpanId, "eee19b7ec3c1b17a");
});

test("integers beyond 2^53 are exact as numbers and as strings", () => {
  assert.equal(attributeValue('{"intValue": 9007199254740993}'), 9007199254740993n);
  assert.equal(attributeValue('{"intValue": "-9223372036854775808"}'), -(2n ** 63n));
  assert.equal(
    onlySpan('"startTimeUnixNano":1795000000000000001').startUnixNano,
    1795000000000000001n,
  );
  assert.equal(onlySpan('"endTimeUnixNano":"18446744073709551615"').endUnixNano, 2n ** 64n - 1n);
  assert.equal(onlySpan('"endTimeUnixNano":1.795e18').endUnixNano, 1795000000000000000n);
  assert.equal(attributeValue('{"doubleValue": 1152921504606846976}'), 2 ** 60);
});

test("values of every type", () => {
  assert.equal(attributeValue('{"stringValue":""}'), "");
  assert.equal(attributeValue('{"boolValue":false}'), false);
  assert.equal(attributeValue('{"intValue":7}'), 7n);
  assert.equal(attributeValue('{"doubleValue":7}'), 7);
  assert.equal(attributeValue('{"doubleValue":"NaN"}'), Number.NaN);
  assert.equal(attributeValue('{"doubleValue":"-Infinity"}'), -Infinity);
  assert.deepEqual(attributeValue('{"bytesValue":"AP8Q"}'), new Uint8Array([0, 255, 16]));
  assert.deepEqual(attributeValue('{"bytesValue":"_-8"}'), new Uint8Array([255, 239]));
  assert.deepEqual(attributeValue('{"arrayValue":{}}'), []);
  assert.deepEqual(attributeValue('{"arrayValue":{"values":[{},null]}}'), [null, null]);
  assert.deepEqual(
    attributeValue('{"kvlistValue":{"values":[{"key":"a"}]}}'),
    new Map([["a", null]]),
  );
  assert.equal(attributeValue("{}"), null);
  assert.equal(attributeValue("null"), null);
});

test("null and absent are the default, unknown fields are ignored", () => {
  const span = onlySpan('"name":null,"events":null,"span_name":"x","future":{"a":[1]}');
  assert.equal(span.name, "");
  assert.deepEqual(span.events, []);
  assert.deepEqual(spansOf("{}"), []);
  assert.deepEqual(spansOf('{"resourceSpans":[{},{"scopeSpans":[{}]}]}'), []);
});

test("equal resources and scopes are one object from document to document", () => {
  const decoder = new OtlpJsonDecoder();
  const sink = new SpanCollector();
  const of = (service: string) =>
    `{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"${service}"}}]},"scopeSpans":[{"scope":{"name":"lib"},"spans":[{${IDS}}]}]}]}`;
  for (const service of ["a", "b", "a"]) decoder.decode(of(service), sink);
  const [a, b, again] = sink.spans;
  assert.equal(a?.resource, again?.resource);
  assert.notEqual(a?.resource, b?.resource);
  assert.equal(a?.scope, b?.scope);
});

test("a decoder that failed names the right path the next time", () => {
  const decoder = new OtlpJsonDecoder();
  for (let i = 0; i < 2; i++) {
    assert.throws(
      () => decoder.decode(request(`{${IDS},"name":7}`), new SpanCollector()),
      /^WireError: resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[0\]\.name/,
    );
  }
});

test("one bad span is rejected alone", () => {
  const good = `{${IDS}}`;
  const bad = [
    "{}",
    '{"traceId":"5b8e","spanId":"eee19b7ec3c1b174"}',
    `{"traceId":"${"0".repeat(32)}","spanId":"eee19b7ec3c1b174"}`,
    `{${IDS},"parentSpanId":"abc"}`,
    '{"traceId":"5b8efff798038103d269b633813fc60g","spanId":"eee19b7ec3c1b174"}',
  ];
  const sink = new SpanCollector();
  const outcome = decodeOtlpJson(request(good, ...bad, good), sink);
  assert.equal(sink.spans.length, 2);
  assert.equal(outcome.spanCount, 2);
  assert.equal(outcome.rejectedSpanCount, 5);
  assert.match(outcome.rejectedMessage, /^5 spans rejected; the first: traceId "" is not 32 hex/);
});

test("a link whose ids are not ids counts as dropped", () => {
  const span = onlySpan('"links":[{"traceId":"abc"},{"traceState":"s"}],"droppedLinksCount":2');
  assert.equal(span.links.length, 1);
  assert.equal(span.droppedLinksCount, 3);
});

const wrong: readonly (readonly [string, string, RegExp])[] = [
  ["not JSON", "not json", /malformed JSON/],
  ["an empty body", "", /malformed JSON/],
  ["half a document", '{"resourceSpans":[', /malformed JSON/],
  ["an array", "[]", /^an object wanted, found an array/],
  ["spans as an object", '{"resourceSpans":{}}', /^resourceSpans: an array wanted/],
  [
    "a time that is text",
    request(`{${IDS}}`, `{${IDS},"startTimeUnixNano":"soon"}`),
    /^resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[1\]\.startTimeUnixNano: an integer from 0/,
  ],
  [
    "a negative time",
    request(`{${IDS},"endTimeUnixNano":-1}`),
    /endTimeUnixNano: an integer from 0/,
  ],
  [
    "an enum by name",
    request(`{${IDS},"kind":"SPAN_KIND_SERVER"}`),
    /spans\[0\]\.kind: an integer \(OTLP/,
  ],
  [
    "a status by name",
    request(`{${IDS},"status":{"code":"ERROR"}}`),
    /spans\[0\]\.status\.code: an integer/,
  ],
  ["a name that is a number", request(`{${IDS},"name":7}`), /name: a string wanted, found 7/],
  [
    "an integer too large",
    request(`{${IDS},"attributes":[{"key":"k","value":{"intValue":"9223372036854775808"}}]}`),
    /attributes\[0\]\.value\.intValue: an integer from -2\^63/,
  ],
  [
    "truth as text",
    request(`{${IDS},"events":[{"attributes":[{"key":"k","value":{"boolValue":"true"}}]}]}`),
    /events\[0\]\.attributes\[0\]\.value\.boolValue: true or false/,
  ],
  [
    "bytes that are not base64",
    request(`{${IDS},"attributes":[{"key":"k","value":{"bytesValue":"?"}}]}`),
    /bytesValue: base64 wanted/,
  ],
  [
    "an element that is text",
    request(`{${IDS},"attributes":[{"key":"k","value":{"arrayValue":{"values":["a"]}}}]}`),
    /arrayValue\.values\[0\]: an object wanted, found "a"/,
  ],
];

for (const [what, input, message] of wrong) {
  test(`${what} is a WireError that says where`, () => {
    assert.throws(
      () => spansOf(input),
      (error: unknown) => error instanceof WireError && message.test(error.message),
    );
  });
}

test("values nested 10,000 deep are refused without exhausting the stack", () => {
  for (const tail of ["", ',"startTimeUnixNano":1795000000000000001']) {
    const depth = 10_000;
    const value = `${'{"arrayValue":{"values":['.repeat(depth)}{}${"]}}".repeat(depth)}`;
    assert.throws(
      () => spansOf(request(`{${IDS},"attributes":[{"key":"k","value":${value}}]${tail}}`)),
      { name: "WireError", code: "nested-too-deeply" },
    );
  }
});
