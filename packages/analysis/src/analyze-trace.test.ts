import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, it } from "node:test";
import { type Verdict, verdict as verdictSchema } from "@culprit/api";
import { assembleTrace, groupByTrace, type Span } from "@culprit/trace-model";
import fc from "fast-check";
import { malformedTraces, shuffled, tidyTraces } from "../../trace-model/test/malformed-trace.ts";
import { sketched, spanId } from "../../trace-model/test/sketched-span.ts";
import { FIXTURES, type JaegerTrace, jaegerSpans, readFixture } from "../test/jaeger-json.ts";
import { declinedOrder, ORDER_IDS, timedOutOrder } from "../test/order-trace.ts";
import { analyzeTrace } from "./analyze-trace.ts";

const NO_FIXTURES = existsSync(FIXTURES) ? false : "../shared/fixtures is absent";

function judge(spans: readonly Span[]): Verdict {
  return analyzeTrace(assembleTrace(spans));
}

function idOf(key: string): string {
  return spanId(ORDER_IDS[key as keyof typeof ORDER_IDS]);
}

function kinds(verdict: Verdict): string[] {
  return verdict.findings.map(({ kind }) => kind);
}

/** What every verdict promises of its figures. */
function assertSums(verdict: Verdict): void {
  let at = BigInt(verdict.startUnixNano);
  for (const { startUnixNano, endUnixNano } of verdict.criticalPath) {
    assert.equal(BigInt(startUnixNano), at);
    at = BigInt(endUnixNano);
  }
  assert.equal(at - BigInt(verdict.startUnixNano), BigInt(verdict.durationNanos));
  for (const table of [verdict.services, verdict.operations]) {
    const sum = (pick: (row: (typeof table)[number]) => number): number =>
      table.reduce((total, row) => total + pick(row), 0);
    assert.equal(
      sum(({ criticalPathNanos }) => criticalPathNanos),
      verdict.durationNanos,
    );
    assert.equal(
      sum(({ spanCount }) => spanCount),
      verdict.spanCount,
    );
    assert.equal(
      sum(({ errorSpanCount }) => errorSpanCount),
      verdict.errorSpanCount,
    );
  }
}

describe("analyzeTrace", () => {
  it("names the cancelled statement of a timed-out order and whom it brought down", () => {
    const verdict = judge(timedOutOrder());
    verdictSchema.parse(verdict);
    assertSums(verdict);
    assert.equal(
      verdict.summary,
      "order-service / pg.query:SELECT order_db (in save_order_to_db) held 3.00 s of 3.66 s (82 %) of the critical path and was cancelled by the statement timeout of 3 s (57014); inventory-service, payment-service and frontend-service failed because of it.",
    );
    assert.deepEqual(verdict.bottleneck, {
      service: "order-service",
      operation: "pg.query:SELECT order_db",
      criticalPathNanos: 3_026_000_000,
      criticalPathShare: 3026 / 3660,
      operationNanos: 3_000_000_000,
    });
    const [error, ...others] = verdict.errors;
    assert.deepEqual(others, []);
    assert.equal(error?.spanId, idOf("query"));
    assert.equal(error?.type, "57014");
    assert.equal(error?.message, "canceling statement due to statement timeout");
    assert.equal(error?.marked, true);
    assert.equal(error?.swallowedBy, null);
    assert.deepEqual(
      error?.propagatedTo,
      [
        ["saveOrder", "finalizeOrder", "orderServer"],
        ["toOrder", "notifyOrder", "inventoryWork", "inventoryServer"],
        ["toInventory", "updateInventory", "processPayment", "paymentServer"],
        ["toPayment", "callPayment", "processOrder", "frontendServer"],
      ]
        .flat()
        .map(idOf),
    );
    assert.deepEqual(kinds(verdict), [
      "bottleneck",
      "timeout",
      "slow-trace",
      "slow-service",
      "slow-query",
    ]);
    for (const { dragNanos, durationNanos } of verdict.findings.map((finding) => ({
      ...finding,
      durationNanos: verdict.durationNanos,
    }))) {
      assert.ok(dragNanos === null || (dragNanos > 0 && dragNanos <= durationNanos));
    }
    const timeout = verdict.findings.find(({ kind }) => kind === "timeout");
    assert.match(timeout?.recommendation ?? "", /order-service.*connection pool.*circuit breaker/);
  });

  it("reads the type from the database's status, or from the span around a silent one", () => {
    const bare = { error: { type: "", message: "" } };
    const fromStatus = timedOutOrder({
      ...bare,
      attributes: { "db.system": "postgresql", "db.response.status_code": "57014" },
    });
    assert.equal(judge(fromStatus).errors[0]?.type, "57014");
    const fromParent = judge(timedOutOrder({ ...bare, attributes: { "db.system": "postgresql" } }));
    assert.equal(fromParent.errors[0]?.spanId, idOf("query"));
    assert.equal(fromParent.errors[0]?.type, "57014");
    assert.match(fromParent.errors[0]?.message ?? "", /canceling statement/);
  });

  it("calls nothing swallowed in a declined order whose servers stay UNSET", () => {
    const verdict = judge(declinedOrder());
    assert.equal(verdict.errors.length, 1);
    assert.equal(verdict.errors[0]?.spanId, idOf("toGateway"));
    assert.equal(verdict.errors[0]?.swallowedBy, null);
    assert.ok(verdict.errors[0]?.propagatedTo.includes(idOf("frontendServer")));
    assert.deepEqual(kinds(verdict), ["bottleneck"]);
    assert.match(verdict.summary, /failed with 402: card declined; frontend-service failed/);
  });

  it("says soberly who held how much of a healthy trace", () => {
    const spans = [
      { id: "1", start: 0, end: 1e9, service: "web", name: "GET /", kind: 2 },
      { id: "2", parent: "1", start: 1e8, end: 5e8, service: "cart", name: "load" },
      { id: "3", parent: "1", start: 5e8, end: 9e8, service: "stock", name: "check" },
    ].map(sketched);
    const even = judge(spans);
    assert.equal(even.bottleneck, null);
    assert.equal(
      even.summary,
      "web / GET / took 1.00 s, no service more than half of the critical path: cart 400 ms (40 %), stock 400 ms (40 %) and web 200 ms (20 %); no errors.",
    );
    assert.deepEqual(even.findings, []);
    assert.equal(
      judge(spans.slice(0, 2)).summary,
      "web / GET / held 600 ms of 1.00 s (60 %) of the critical path; no errors.",
    );
  });

  it("takes thresholds from its options", () => {
    const spans = [{ id: "1", start: 0, end: 100, service: "web", name: "GET /" }].map(sketched);
    const verdict = analyzeTrace(assembleTrace(spans), {
      thresholds: { slowTraceNanos: 99, bottleneckShare: 1 },
    });
    assert.deepEqual(kinds(verdict), ["slow-trace"]);
    assert.equal(verdict.bottleneck, null);
  });

  it("judges the DeathStarBench traces with exact sums", { skip: NO_FIXTURES }, () => {
    const { data } = readFixture("traces/deathstarbench-social-network-20x33.json") as {
      readonly data: readonly JaegerTrace[];
    };
    const traces = groupByTrace(data.flatMap(jaegerSpans));
    assert.equal(traces.size, 20);
    for (const spans of traces.values()) {
      const verdict = judge(spans);
      verdictSchema.parse(verdict);
      assertSums(verdict);
      assert.equal(verdict.spanCount, 33);
      assert.equal(verdict.serviceCount, 12);
      assert.deepEqual(judge(spans.toReversed()), verdict);
    }
  });

  it("gives the same verdict for any order of the spans, valid and exact", () => {
    const anyTrace = fc.oneof(tidyTraces(12), malformedTraces({ maxSpans: 12, wildTimes: false }));
    fc.assert(
      fc.property(
        anyTrace.chain((spans) => fc.tuple(fc.constant(spans), shuffled(spans))),
        ([spans, other]) => {
          const verdict = judge(spans);
          verdictSchema.parse(verdict);
          assertSums(verdict);
          assert.deepEqual(judge(other), verdict);
          for (const { dragNanos, savingNanos } of verdict.findings) {
            assert.ok((savingNanos ?? 0) <= (dragNanos ?? 0));
            assert.ok((dragNanos ?? 0) <= verdict.durationNanos);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("never throws at malformed traces, whatever the times", () => {
    fc.assert(
      fc.property(malformedTraces({ maxSpans: 10, wildTimes: true }), (spans) => {
        verdictSchema.parse(judge(spans));
      }),
      { numRuns: 1000 },
    );
  });

  const malformed: Record<string, readonly [Parameters<typeof sketched>[0][], RegExp]> = {
    "zero lengths and equal times": [
      [
        { id: "1", start: 5, end: 5 },
        { id: "2", parent: "1", start: 5, end: 5 },
      ],
      /^$/,
    ],
    "an end before the start": [[{ id: "1", start: 9, end: 5 }], /ends before it starts/],
    "orphans only": [
      [
        { id: "1", parent: "8", start: 0, end: 5 },
        { id: "2", parent: "9", start: 1, end: 5 },
      ],
      /2 spans point to a parent that never arrived/,
    ],
    "a cycle only": [
      [
        { id: "1", parent: "2", start: 0, end: 5 },
        { id: "2", parent: "1", start: 1, end: 5 },
      ],
      /1 cycle of parents was cut/,
    ],
    "edges of 64 bits": [
      [
        { id: "1", start: 0, end: 2n ** 64n - 1n },
        { id: "2", parent: "1", start: 2n ** 63n, end: 2n ** 64n - 1n },
      ],
      /longer than.*reaches more than/,
    ],
  };
  for (const [name, [sketches, warning]] of Object.entries(malformed)) {
    it(`judges ${name}`, () => {
      const verdict = judge(sketches.map(sketched));
      verdictSchema.parse(verdict);
      assertSums(verdict);
      assert.match(verdict.warnings.join("; "), warning);
    });
  }

  it("judges a chain and a fan-out of 20,000 failing spans", () => {
    const count = 20_000;
    const spans = Array.from({ length: count }, (_, i) =>
      sketched({
        id: (i + 1).toString(16),
        ...(i > 0 ? { parent: i.toString(16) } : {}),
        start: i,
        end: 2 * count - i,
        status: 2,
      }),
    );
    const deep = judge(spans);
    assert.equal(deep.errors.length, 1);
    assertSums(deep);
    const wide = judge(
      spans.map((span, i) => (i === 0 ? span : { ...span, parentSpanId: spanId("1") })),
    );
    assert.match(wide.warnings.join(), /more errors left out/);
    assertSums(wide);
  });
});
