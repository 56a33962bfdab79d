import assert from "node:assert/strict";
import { test } from "node:test";
import { type Span, SpanCollector, SpanKind, StatusCode } from "@culprit/trace-model";
import fc from "fast-check";
import { spans as anySpans, before2255 } from "../../trace-model/test/span-arbitrary.ts";
import { assertSameSpans } from "../../trace-model/test/span-identity.ts";
import { fixtureBytes, fixtureJson, skip } from "../test/shared-fixtures.ts";
import type { ZipkinSpan } from "./zipkin-json.ts";
import { decodeZipkinJson } from "./zipkin-json-decoder.ts";
import { encodeZipkinJson, zipkinJsonOf } from "./zipkin-json-encoder.ts";

function spansOf(input: string | Uint8Array): Span[] {
  const sink = new SpanCollector();
  decodeZipkinJson(input, sink);
  return sink.spans;
}

for (const name of ["zipkin_v2_01", "zipkin_v2_02", "zipkin_v2_03", "yelp"]) {
  test(`Zipkin's spans come back: ${name}`, { skip }, () => {
    const expected = fixtureJson(`zipkin/${name}.json`) as ZipkinSpan[];
    const actual = zipkinJsonOf(spansOf(fixtureBytes(`zipkin/${name}.json`)));
    const padded = expected.map((span) => ({
      ...span,
      traceId: span.traceId.padStart(32, "0"),
      id: span.id.padStart(16, "0"),
      ...(span.parentId === undefined ? {} : { parentId: span.parentId.padStart(16, "0") }),
    }));
    assert.deepEqual(actual, padded);
  });
}

test("a Zipkin span in OTLP's terms", () => {
  const [span] = spansOf(
    JSON.stringify([
      {
        traceId: "2",
        id: "3",
        parentId: "1",
        kind: "CLIENT",
        timestamp: 10,
        duration: 5,
        shared: true,
        localEndpoint: { serviceName: "a", ipv4: "10.0.0.1", port: 80 },
        remoteEndpoint: { serviceName: "b", ipv6: "::1" },
        annotations: [{ timestamp: 11, value: "ws" }],
        tags: { error: "timeout", "http.method": "GET" },
      },
    ]),
  );
  assert.ok(span !== undefined);
  assert.equal(span.traceId, "2".padStart(32, "0"));
  assert.equal(span.parentSpanId, "1".padStart(16, "0"));
  assert.equal(span.kind, SpanKind.client);
  assert.equal(span.startUnixNano, 10_000n);
  assert.equal(span.endUnixNano, 15_000n);
  assert.equal(span.statusCode, StatusCode.error);
  assert.equal(span.statusMessage, "timeout");
  assert.equal(span.resource.attributes.get("service.name"), "a");
  assert.deepEqual(
    span.attributes,
    new Map<string, unknown>([
      ["network.local.address", "10.0.0.1"],
      ["network.local.port", 80n],
      ["server.address", "::1"],
      ["peer.service", "b"],
      ["error", "timeout"],
      ["http.method", "GET"],
      ["zipkin.shared", true],
    ]),
  );
  assert.equal(span.events[0]?.name, "ws");
});

test("a span without a time starts at its first annotation, one without an id is left out", () => {
  const sink = new SpanCollector();
  const outcome = decodeZipkinJson(
    '[{"traceId":"1","id":"2","annotations":[{"timestamp":9,"value":"b"},{"timestamp":7,"value":"a"}]},{"traceId":"1"}]',
    sink,
  );
  assert.equal(sink.spans[0]?.startUnixNano, 7000n);
  assert.equal(outcome.rejectedSpanCount, 1);
  assert.match(outcome.rejectedMessage, /a span without an id/);
});

test("what Zipkin can say survives a second time", () => {
  fc.assert(
    fc.property(anySpans, (spans) => {
      const once = spansOf(encodeZipkinJson(spans.map(before2255)));
      assertSameSpans(spansOf(encodeZipkinJson(once)), once);
    }),
    { numRuns: 100 },
  );
});

test("wrong types are errors that name the path", () => {
  assert.throws(() => spansOf('[{"traceId":1}]'), /^WireError: \[0\]\.traceId: a string wanted/);
  assert.throws(() => spansOf('[{"tags":{"a":[]}}]'), /\[0\]\.tags\.a: a string wanted/);
});
