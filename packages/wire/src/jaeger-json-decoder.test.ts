import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Attributes,
  type Span,
  SpanCollector,
  SpanKind,
  StatusCode,
} from "@culprit/trace-model";
import fc from "fast-check";
import { spans as anySpans, before2255 } from "../../trace-model/test/span-arbitrary.ts";
import { assertSameTrace } from "../test/jaeger-identity.ts";
import { fixtureBytes, fixtureJson, fixturesIn, skip } from "../test/shared-fixtures.ts";
import type { JaegerTrace } from "./jaeger-json.ts";
import { decodeJaegerJson } from "./jaeger-json-decoder.ts";
import { encodeJaegerTrace } from "./jaeger-json-encoder.ts";

function spansOf(input: string | Uint8Array): Span[] {
  const sink = new SpanCollector();
  decodeJaegerJson(input, sink);
  return sink.spans;
}

function onlySpan(fields: object): Span {
  const trace = {
    traceID: "abcd",
    spans: [{ spanID: "ef", operationName: "op", processID: "p1", ...fields }],
    processes: { p1: { serviceName: "svc", tags: [] } },
  };
  const [span, ...rest] = spansOf(JSON.stringify(trace));
  assert.ok(span !== undefined && rest.length === 0);
  return span;
}

test("a UI export comes back trace by trace", { skip }, () => {
  const path = "traces/deathstarbench-social-network-20x33.json";
  const { data } = fixtureJson(path) as { data: JaegerTrace[] };
  const spans = spansOf(fixtureBytes(path));
  assert.equal(data.length, 20);
  assert.equal(spans.length, 20 * 33);
  for (const trace of data) {
    const traceId = trace.traceID.padStart(32, "0");
    assertSameTrace(encodeJaegerTrace(spans.filter((span) => span.traceId === traceId)), trace);
  }
});

test("Jaeger's own example of the format comes back, its error also as a status", { skip }, () => {
  const expected = fixtureJson("jaeger-api/ui_01.json") as JaegerTrace;
  const failed = expected.spans.find(({ tags }) => tags.some(({ key }) => key === "error"));
  assert.ok(failed !== undefined);
  (failed.tags as object[]).push({ key: "otel.status_code", type: "string", value: "ERROR" });
  const trace = encodeJaegerTrace(spansOf(fixtureBytes("jaeger-api/ui_01.json")));
  assertSameTrace(trace, expected);
  assert.deepEqual(
    trace.spans.map(({ warnings }) => warnings),
    expected.spans.map(({ warnings }) => warnings),
  );
});

test("what Jaeger can say survives the way in and out", () => {
  fc.assert(
    fc.property(anySpans, (spans) => {
      const trace = spans.map((span) => ({
        ...before2255(span),
        traceId: "5eed0a11000000000000000000000001",
        // A process has one name; a second, untyped one in its tags would be lost.
        resource: { ...span.resource, attributes: withoutService(span.resource.attributes) },
      }));
      const once = JSON.parse(JSON.stringify(encodeJaegerTrace(trace)));
      const again = encodeJaegerTrace(spansOf(JSON.stringify(once)));
      if (trace.length > 0) assertSameTrace(JSON.parse(JSON.stringify(again)), once);
    }),
    { numRuns: 150 },
  );
});

function withoutService(attributes: Attributes): Attributes {
  return new Map([...attributes].filter(([key]) => key !== "service.name"));
}

for (const path of fixturesIn("critical-path").filter((name) => name.includes("crisp"))) {
  test(`every span is read, with its parent: ${path}`, { skip }, () => {
    const { data } = fixtureJson(path) as { data: JaegerTrace[] };
    const spans = spansOf(fixtureBytes(path));
    assert.equal(spans.length, data.flatMap((trace) => trace.spans).length);
    const ids = new Set(spans.map((span) => span.spanId));
    assert.ok(spans.every(({ parentSpanId }) => parentSpanId === "" || ids.has(parentSpanId)));
    assert.equal(spans.filter((span) => span.parentSpanId === "").length, data.length);
  });
}

test("ids that are not hex are hashed and kept, and references meet them", { skip }, () => {
  const cases = fixtureJson("critical-path/jaeger-ui-1-5.json") as { trace: JaegerTrace }[];
  for (const { trace } of cases) {
    const spans = spansOf(JSON.stringify(trace));
    const idOf = new Map(
      spans.map((span) => [span.attributes.get("culprit.original_id"), span.spanId]),
    );
    for (const span of trace.spans) {
      if (/^[0-9a-f]+$/.test(span.spanID)) continue;
      const mine = spans.find(({ spanId }) => spanId === idOf.get(span.spanID));
      assert.ok(mine !== undefined, span.spanID);
      assert.match(mine.spanId, /^[0-9a-f]{16}$/);
      assert.match(mine.traceId, /^[0-9a-f]{32}$/);
      const [parent] = span.references;
      if (parent !== undefined) assert.equal(mine.parentSpanId, idOf.get(parent.spanID));
    }
  }
});

test("tags that OTLP has fields for become fields", () => {
  const tag = (key: string, value: string | boolean) => ({ key, value });
  const span = onlySpan({
    tags: [
      tag("span.kind", "server"),
      { key: "error", type: "bool", value: true },
      tag("otel.status_description", "boom"),
      tag("otel.scope.name", "lib"),
      tag("otel.library.version", "2"),
      tag("w3c.tracestate", "a=b"),
      tag("plain", "kept"),
    ],
  });
  assert.equal(span.kind, SpanKind.server);
  assert.equal(span.statusCode, StatusCode.error);
  assert.equal(span.statusMessage, "boom");
  assert.equal(span.scope.name, "lib");
  assert.equal(span.scope.version, "2");
  assert.equal(span.traceState, "a=b");
  assert.deepEqual([...span.attributes], [["plain", "kept"]]);
});

test("a tag that fits no field stays", () => {
  const tags = [
    { key: "span.kind", type: "string", value: "sideways" },
    { key: "error", type: "string", value: "looks bad" },
    { key: "otel.status_code", type: "int64", value: 2 },
  ];
  const span = onlySpan({ tags });
  assert.equal(span.kind, SpanKind.unspecified);
  assert.equal(span.statusCode, StatusCode.unset);
  assert.equal(span.attributes.size, 3);
  const kept = onlySpan({
    tags: [
      { key: "error", type: "bool", value: true },
      { key: "otel.status_code", type: "string", value: "OK" },
    ],
  });
  assert.equal(kept.statusCode, StatusCode.ok);
  assert.equal(kept.attributes.get("error"), true);
});

test("tags have their types, whether values are typed or text", () => {
  const span = onlySpan({
    tags: [
      { key: "b", type: "bool", value: "false" },
      { key: "i", type: "int64", value: 7 },
      { key: "big", type: "int64", value: "9223372036854775807" },
      { key: "d", type: "float64", value: 7 },
      { key: "t", type: "float64", value: "1.5" },
      { key: "y", type: "binary", value: "AAE=" },
      { key: "n", value: 3 },
    ],
  });
  assert.deepEqual(
    span.attributes,
    new Map<string, unknown>([
      ["b", false],
      ["i", 7n],
      ["big", 2n ** 63n - 1n],
      ["d", 7],
      ["t", 1.5],
      ["y", new Uint8Array([0, 1])],
      ["n", 3n],
    ]),
  );
});

test("the parent is the first CHILD_OF of this trace, other references are links", () => {
  const references = [
    { refType: "FOLLOWS_FROM", traceID: "abcd", spanID: "1" },
    { refType: "CHILD_OF", traceID: "ffff", spanID: "2" },
    { refType: "CHILD_OF", spanID: "3" },
  ];
  const span = onlySpan({ references });
  assert.equal(span.parentSpanId, "0000000000000003");
  assert.deepEqual(
    span.links.map(({ spanId, attributes }) => [spanId, attributes.get("opentracing.ref_type")]),
    [
      ["0000000000000001", undefined],
      ["0000000000000002", "child_of"],
    ],
  );
});

test("without CHILD_OF the parent id counts, and then FOLLOWS_FROM, which comes back as such", () => {
  assert.equal(onlySpan({ parentSpanID: "9" }).parentSpanId, "0000000000000009");
  const references = [
    { refType: "FOLLOWS_FROM", traceID: "000000000000abcd", spanID: "0000000000000001" },
  ];
  const span = onlySpan({ references });
  assert.equal(span.parentSpanId, "0000000000000001");
  assert.deepEqual(encodeJaegerTrace([span]).spans[0]?.references, references);
});

test("logs are events, times are exact microseconds, a process may stand in its span", () => {
  const span = onlySpan({
    startTime: 1485467191639875,
    duration: 5,
    flags: 1,
    logs: [
      {
        timestamp: 7,
        fields: [
          { key: "event", value: "e" },
          { key: "k", value: "v" },
        ],
      },
    ],
    process: { serviceName: "own", tags: [{ key: "host.name", value: "h" }] },
  });
  assert.equal(span.startUnixNano, 1485467191639875000n);
  assert.equal(span.endUnixNano, 1485467191639880000n);
  assert.equal(span.flags, 1);
  assert.equal(span.events[0]?.name, "e");
  assert.equal(span.events[0]?.timeUnixNano, 7000n);
  assert.deepEqual([...(span.events[0]?.attributes ?? [])], [["k", "v"]]);
  assert.equal(span.resource.attributes.get("service.name"), "own");
  assert.equal(span.resource.attributes.get("host.name"), "h");
});

test("equal processes are one resource, a span without an id is left out alone", () => {
  const trace = {
    traceID: "1",
    spans: [
      { spanID: "1", processID: "p1" },
      { spanID: "0", processID: "p1" },
      { spanID: "2", processID: "p2" },
    ],
    processes: { p1: { serviceName: "s" }, p2: { serviceName: "s", tags: [] } },
  };
  const sink = new SpanCollector();
  const outcome = decodeJaegerJson(JSON.stringify({ data: [trace] }), sink);
  assert.equal(outcome.rejectedSpanCount, 1);
  assert.equal(sink.spans[0]?.resource, sink.spans[1]?.resource);
});

test("wrong types are errors that name the path", () => {
  const bad = { data: [{ traceID: "1", spans: [{ spanID: "1", startTime: "soon" }] }] };
  assert.throws(
    () => spansOf(JSON.stringify(bad)),
    /^WireError: data\[0\]\.spans\[0\]\.startTime: micro/,
  );
  assert.throws(() => spansOf('{"spans":[{"spanID":7}]}'), /spans\[0\]\.spanID: a string wanted/);
});
