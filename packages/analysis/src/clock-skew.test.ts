import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assembleTrace, SpanKind } from "@culprit/trace-model";
import {
  resource,
  type SpanSketch,
  sketched,
  spanId,
} from "../../trace-model/test/sketched-span.ts";
import { followsFrom } from "../test/calling-traces.ts";
import { analyzeTrace } from "./analyze-trace.ts";
import { correctClockSkew } from "./clock-skew.ts";

const on = (host: string, service: string) =>
  resource({ "service.name": service, "host.name": host });
const WEB = on("h1", "web");
const CART = on("h2", "cart");
const { client, server, producer, consumer, unspecified } = SpanKind;

/** `id start-end …` after correction. */
function corrected(...sketches: SpanSketch[]): string {
  const { trace } = correctClockSkew(assembleTrace(sketches.map(sketched)));
  return trace.spans
    .map(({ name }, row) => {
      const start = trace.startNanos[row] as number;
      return `${name} ${start}-${start + (trace.durationNanos[row] as number)}`;
    })
    .join(", ");
}

const root: SpanSketch = { id: "1", start: 0, end: 100, kind: server, resource: WEB };
const call: SpanSketch = { id: "2", parent: "1", start: 10, end: 90, kind: client, resource: WEB };
const answer: SpanSketch = {
  id: "3",
  parent: "2",
  start: 500,
  end: 540,
  kind: server,
  resource: CART,
};

describe("correctClockSkew", () => {
  it("centres a server that lies outside its call, with all below it on its host", () => {
    const work: SpanSketch = { id: "4", parent: "3", start: 510, end: 530, resource: CART };
    assert.equal(corrected(root, call, answer, work), "1 0-100, 2 10-90, 3 30-70, 4 40-60");
    const { trace, corrections } = correctClockSkew(
      assembleTrace([root, call, answer, work].map(sketched)),
    );
    assert.deepEqual(corrections, [
      { caller: "web", callee: "cart", spanIds: [spanId("3")], movedCount: 2, deltaNanos: -470 },
    ]);
    assert.deepEqual(trace.warnings, [
      "the clock of cart is up to 470 ns ahead of that of web; 2 spans were moved by that for the analysis",
    ]);
    assert.equal(trace.spanWarnings.length, 2);
  });

  it("moves a server as long as its call to the call's start, wherever it lies", () => {
    for (const start of [5, 15, 500]) {
      assert.equal(
        corrected(root, call, { ...answer, start, end: start + 80 }),
        "1 0-100, 2 10-90, 3 10-90",
      );
    }
    // A longer one may go on after its caller gave up: only what starts too early is moved.
    assert.match(corrected(root, call, { ...answer, start: 15, end: 96 }), /3 15-96$/);
    assert.match(corrected(root, call, { ...answer, start: 5, end: 86 }), /3 10-91$/);
  });

  it("moves nothing that only follows from its parent", () => {
    const spans = [root, call, answer].map(sketched);
    const following = spans.map((span) =>
      span.spanId === spanId("3") ? { ...span, links: [followsFrom("2")] } : span,
    );
    assert.deepEqual(correctClockSkew(assembleTrace(following)).corrections, []);
  });

  it("moves a server that is longer than its call only when it starts before it", () => {
    assert.equal(
      corrected(root, call, { ...answer, start: 5, end: 99 }),
      "1 0-100, 2 10-90, 3 10-104",
    );
    assert.equal(
      corrected(root, call, { ...answer, start: 20, end: 199 }),
      "1 0-100, 2 10-90, 3 20-199",
    );
  });

  it("leaves alone what fits, shares the host, or is no call", () => {
    const still = (...sketches: SpanSketch[]): void => {
      const trace = assembleTrace(sketches.map(sketched));
      assert.equal(correctClockSkew(trace).trace, trace);
    };
    still(root, call, { ...answer, start: 20, end: 40 });
    still(root, call, { ...answer, resource: on("h1", "cart") });
    still(root, { ...call, kind: producer }, { ...answer, kind: consumer });
    still(root, call, { ...answer, kind: SpanKind.internal });
    // The caller gave up; the server goes on.
    still(root, { ...call, status: 2 }, { ...answer, start: 80, end: 120 });
    // Without kinds only a start before the parent's is impossible.
    still(root, { ...call, kind: unspecified }, { ...answer, kind: unspecified });
  });

  it("corrects a pair without kinds that starts before its parent", () => {
    assert.equal(
      corrected(
        { ...root, kind: unspecified },
        { ...answer, parent: "1", start: -0, end: 40, kind: unspecified },
        { ...answer, id: "4", parent: "1", start: 5, end: 25, kind: unspecified },
      ),
      "1 0-100, 3 0-40, 4 5-25",
    );
    const early = [
      { ...root, start: 1000, end: 1100, kind: unspecified },
      { ...answer, parent: "1", start: 900, end: 940, kind: unspecified },
    ];
    assert.equal(corrected(...early), "1 0-100, 3 30-70");
  });

  it("takes services for hosts when no host is known", () => {
    const unknown = (service: string) => resource({ "service.name": service });
    assert.equal(
      corrected(
        { ...root, resource: unknown("web") },
        { ...call, resource: unknown("web") },
        { ...answer, resource: unknown("cart") },
      ),
      "1 0-100, 2 10-90, 3 30-70",
    );
  });

  it("shows in the verdict as a finding and a warning, and keeps the callee on the path", () => {
    const verdict = analyzeTrace(assembleTrace([root, call, answer].map(sketched)));
    assert.deepEqual(
      verdict.criticalPath.map(({ service }) => service),
      ["web", "web", "cart", "web", "web"],
    );
    const finding = verdict.findings.find(({ kind }) => kind === "clock-skew");
    assert.deepEqual(finding?.spanIds, [spanId("3")]);
    assert.match(finding?.recommendation ?? "", /web and cart/);
    assert.equal(verdict.warnings.length, 1);
  });
});
