import assert from "node:assert/strict";
import { test } from "node:test";
import { type Span, SpanCollector } from "@culprit/trace-model";
import { assertSameTrace } from "../test/jaeger-identity.ts";
import { fixtureBytes, fixtureJson, skip } from "../test/shared-fixtures.ts";
import type { JaegerTrace } from "./jaeger-json.ts";
import { encodeJaegerTrace } from "./jaeger-json-encoder.ts";
import { decodeOtlpJson } from "./otlp-json-decoder.ts";

function spansOf(input: string | Uint8Array): Span[] {
  const sink = new SpanCollector();
  decodeOtlpJson(input, sink);
  return sink.spans;
}

function traceOf(span: string, resource = "{}"): JaegerTrace {
  const ids = '"traceId":"0000000000000000000000000000abcd","spanId":"00000000000000ef"';
  return encodeJaegerTrace(
    spansOf(
      `{"resourceSpans":[{"resource":${resource},"scopeSpans":[{"spans":[{${ids},${span}}]}]}]}`,
    ),
  );
}

test("Jaeger's own translation of OTLP, to the letter", { skip }, () => {
  const { data } = fixtureJson("jaeger-api/otlp2jaeger-out.json") as { data: unknown[] };
  const spans = spansOf(fixtureBytes("jaeger-api/otlp2jaeger-in.json"));
  assert.deepEqual([encodeJaegerTrace(spans)], data);
});

interface Answer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly answer: { readonly data: readonly JaegerTrace[] };
}

test("the traces that a real Jaeger answered", { skip }, () => {
  const spans = spansOf(fixtureBytes("jaeger-recorded/otlp-in.json"));
  const answers = (fixtureJson("jaeger-recorded/v1-answers.json") as Answer[]).filter(
    ({ path, status, method }) =>
      method === "GET" && path.startsWith("/api/traces") && status === 200,
  );
  const seen = new Set<string>();
  for (const { path, answer } of answers) {
    for (const trace of answer.data) {
      const traceId = trace.traceID.padStart(32, "0");
      const mine = spans.filter((span) => span.traceId === traceId);
      // Without `raw` Jaeger shows a span that came twice once.
      if (mine.length !== trace.spans.length) {
        assert.ok(traceId.endsWith("3c") && !path.includes("raw=true"), path);
        continue;
      }
      assertSameTrace(encodeJaegerTrace(mine), trace);
      seen.add(traceId);
    }
  }
  assert.ok(seen.size >= 12, `only ${seen.size} traces compared`);
});

test("tags stand in Jaeger's order", () => {
  const trace = traceOf(
    '"kind":3,"traceState":"a=b","status":{"code":2,"message":"m"},"attributes":[{"key":"own","value":{"intValue":"1"}}]',
  );
  assert.deepEqual(
    trace.spans[0]?.tags.map(({ key }) => key),
    ["own", "otel.status_code", "error", "otel.status_description", "w3c.tracestate", "span.kind"],
  );
});

test("an event's name is its field `event`, unless it has one", () => {
  const trace = traceOf(
    '"events":[{"timeUnixNano":"1999","name":"n"},{"name":"n","attributes":[{"key":"event","value":{"stringValue":"e"}}]},{}]',
  );
  assert.deepEqual(trace.spans[0]?.logs, [
    { timestamp: 1, fields: [{ key: "event", type: "string", value: "n" }] },
    { timestamp: 0, fields: [{ key: "event", type: "string", value: "e" }] },
    { timestamp: 0, fields: [] },
  ]);
});

test("what JSON's numbers cannot say is text", () => {
  const trace = traceOf(
    '"attributes":[{"key":"n","value":{"doubleValue":"NaN"}},{"key":"a","value":{"arrayValue":{"values":[{"doubleValue":"-Infinity"},{"intValue":"9007199254740993"},{}]}}},{"key":"z","value":{}}]',
  );
  assert.deepEqual(trace.spans[0]?.tags, [
    { key: "n", type: "float64", value: "NaN" },
    { key: "a", type: "string", value: '["-Infinity",9007199254740993,null]' },
    { key: "z", type: "string", value: "" },
  ]);
});

test("warnings are what the span carries in its attribute", () => {
  const [span] = spansOf(
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0000000000000000000000000000abcd","spanId":"00000000000000ef","attributes":[{"key":"@jaeger@warnings","value":{"arrayValue":{"values":[{"stringValue":"one"}]}}}]}]}]}]}',
  );
  assert.ok(span !== undefined);
  const trace = encodeJaegerTrace([span]);
  assert.deepEqual(trace.spans[0]?.warnings, ["one"]);
  assert.deepEqual(trace.spans[0]?.tags, []);
});

test("a resource without a service is unknown_service, and times are micros", () => {
  const trace = traceOf('"startTimeUnixNano":"1999","endTimeUnixNano":"1000"');
  assert.deepEqual(trace.processes, { p1: { serviceName: "unknown_service", tags: [] } });
  assert.equal(trace.traceID, "000000000000abcd");
  assert.equal(trace.spans[0]?.startTime, 1);
  assert.equal(trace.spans[0]?.duration, 0);
});
