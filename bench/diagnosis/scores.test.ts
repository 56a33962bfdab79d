import assert from "node:assert/strict";
import { test } from "node:test";
import { findingKinds } from "@culprit/shop";
import { FINDERS } from "../../packages/analysis/src/findings/registry.ts";
import type { JudgedOrder } from "./judged-order.ts";
import { scoresOf } from "./scores.ts";

function order(
  expected: readonly (typeof findingKinds)[number][],
  allowed: readonly (typeof findingKinds)[number][],
  found: readonly string[],
): JudgedOrder {
  const place = { service: "s", operation: "o" };
  const nothing = { spanIds: [], evidence: "", dragNanos: null, savingNanos: null };
  return {
    truth: {
      ...{ traceId: "1".repeat(32), scenario: "retry", seed: 1, index: 0, outcome: "completed" },
      ...place,
      expected,
      allowed,
    },
    findings: found.map((kind) => ({ kind, ...place, ...nothing, recommendation: "" })),
    errors: [],
    summary: "",
  };
}

function scoreOf(kind: string, orders: readonly JudgedOrder[]) {
  const score = scoresOf(orders, findingKinds).scores.find((each) => each.kind === kind);
  assert.ok(score !== undefined);
  return score;
}

test("the kinds that truth knows are those that the analysis looks for", () => {
  assert.deepEqual(FINDERS.map(({ kind }) => kind).toSorted(), [...findingKinds].toSorted());
});

test("a kind counts once an order, however many findings name it", () => {
  const { right, wrong, missed, precision, recall } = scoreOf("retry", [
    order(["retry"], [], ["retry", "retry"]),
    order(["retry"], [], []),
    order([], [], ["retry", "retry"]),
  ]);
  assert.deepEqual([right, wrong, missed, precision, recall], [1, 1, 1, 0.5, 0.5]);
});

test("what is allowed counts neither when it is found nor when it is not", () => {
  const { right, wrong, missed } = scoreOf("timeout", [
    order(["retry"], ["timeout"], ["retry", "timeout"]),
    order(["retry"], ["timeout"], ["retry"]),
  ]);
  assert.deepEqual([right, wrong, missed], [0, 0, 0]);
});

test("how slow a trace is counts where it is expected, and is not false elsewhere", () => {
  const orders = [order(["slow-trace"], [], []), order([], [], ["slow-trace", "bottleneck"])];
  const { right, wrong, missed } = scoreOf("slow-trace", orders);
  assert.deepEqual([right, wrong, missed], [0, 0, 1]);
});

test("a kind that nobody knows is a false one", () => {
  assert.equal(scoreOf("no-such", [order([], [], ["no-such"])]).wrong, 1);
});
