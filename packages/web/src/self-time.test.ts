import assert from "node:assert/strict";
import { test } from "node:test";
import { selfNanos } from "./self-time.ts";
import { traceColumns } from "./trace-columns.ts";

type Span = readonly [parent: number, start: number, duration: number];

function selfOfRoot(...spans: readonly Span[]): number {
  const columns = traceColumns({
    schema: 1,
    traceId: "1",
    startUnixNano: "0",
    durationNanos: 100,
    warnings: [],
    services: ["shop"],
    operations: ["GET /"],
    spans: {
      spanId: spans.map((_, row) => String(row)),
      parent: spans.map(([parent]) => parent),
      depth: spans.map(([parent]) => (parent < 0 ? 0 : 1)),
      service: spans.map(() => 0),
      operation: spans.map(() => 0),
      kind: spans.map(() => 1),
      startNanos: spans.map(([, start]) => start),
      durationNanos: spans.map(([, , duration]) => duration),
      status: spans.map(() => 0),
    },
  });
  return selfNanos(columns, 0);
}

test("a span without children is all self time", () => {
  assert.equal(selfOfRoot([-1, 0, 100]), 100);
});

test("overlapping children count once", () => {
  assert.equal(selfOfRoot([-1, 0, 100], [0, 10, 40], [0, 30, 40]), 40);
});

test("a child inside another adds nothing, and one after its parent neither", () => {
  assert.equal(selfOfRoot([-1, 0, 100], [0, 10, 60], [0, 20, 10], [0, 120, 30]), 40);
});

test("children are clipped to their parent", () => {
  assert.equal(selfOfRoot([-1, 10, 90], [0, 0, 20], [0, 90, 50]), 70);
});
