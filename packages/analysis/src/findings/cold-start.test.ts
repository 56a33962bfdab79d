import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { resource } from "../../../trace-model/test/sketched-span.ts";
import { found, type MillisecondSketch, SERVER, webRoot } from "../../test/found-findings.ts";

const instance = resource({ "service.name": "stock", "service.instance.id": "7" });

function request(
  gap: number,
  attributes: Readonly<Record<string, boolean>> = {},
): MillisecondSketch[] {
  return [
    webRoot(600),
    { id: "2", parent: "1", start: 10, end: 590, kind: 3, service: "web", name: "GET" },
    {
      id: "3",
      parent: "2",
      start: 20,
      end: 580,
      kind: SERVER,
      resource: instance,
      name: "GET /",
      attributes,
    },
    { id: "4", parent: "3", start: 20 + gap, end: 570, resource: instance, name: "work" },
  ];
}

function seen(firstMs: number) {
  const firstSeen = new Map([["stock 7", BigInt(firstMs) * 1_000_000n]]);
  return { topology: { callees: new Map(), firstSeen } };
}

describe("cold-start", () => {
  it("is a span that says so", () => {
    const [finding] = found("cold-start", request(30, { "faas.coldstart": true }));
    assert.equal(finding?.service, "stock");
    assert.equal(
      finding?.evidence,
      "stock / GET / was a cold start: it did nothing that is recorded for 30.0 ms (5 %) of 560 ms before its first step.",
    );
    assert.equal(finding?.savingNanos, 30e6);
    assert.deepEqual(found("cold-start", request(30, { "faas.coldstart": false })), []);
  });

  it("claims no gap where the span has none", () => {
    const [finding] = found("cold-start", request(0, { "faas.coldstart": true }));
    assert.equal(
      finding?.evidence,
      "stock / GET / was a cold start of 560 ms, of which no part before its first step is recorded.",
    );
    assert.equal(finding?.savingNanos, 0);
  });

  it("is the first trace of an instance with a leading gap in its first server span", () => {
    const [finding] = found("cold-start", request(300), seen(20));
    assert.match(finding?.evidence ?? "", /first request of its instance.*for 300 ms \(54 %\) of/);
    assert.match(finding?.recommendation ?? "", /instance of stock warm.*stock \/ GET \//);
  });

  it("is not a later trace, a short gap, or an instance that nobody knows", () => {
    assert.deepEqual(found("cold-start", request(300), seen(19)), []);
    assert.deepEqual(found("cold-start", request(200), seen(20)), []);
    const longer = { coldStartShare: 300 / 560 };
    assert.deepEqual(found("cold-start", request(300), { ...seen(20), thresholds: longer }), []);
    assert.deepEqual(found("cold-start", request(300)), []);
  });

  it("looks for the gap in a framework's span around all that the server does", () => {
    const spans = request(300).map((span) => (span.id === "4" ? { ...span, parent: "5" } : span));
    const own = { id: "5", parent: "3", start: 22, end: 575, resource: instance, name: "handler" };
    const handler = { ...own, scope: "@fastify/otel" };
    const [finding] = found("cold-start", [...spans, handler], seen(20));
    assert.deepEqual(finding?.spanIds, ["3", "5"]);
    assert.match(finding?.evidence ?? "", /for 298 ms .* before its first step in handler/);
    assert.deepEqual(found("cold-start", [...spans, own], seen(20)), []);
    const step = { ...handler, end: 400 };
    const after = spans.map((span) => (span.id === "4" ? { ...span, end: 390 } : span));
    assert.deepEqual(found("cold-start", [...after, step], seen(20)), []);
  });

  it("takes its thresholds from the options", () => {
    const thresholds = { coldStartNanos: 90e6, coldStartShare: 0.1 };
    assert.equal(found("cold-start", request(100), { ...seen(20), thresholds }).length, 1);
  });
});
