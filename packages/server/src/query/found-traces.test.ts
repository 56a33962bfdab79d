import assert from "node:assert/strict";
import { test } from "node:test";
import type { FoundTrace, TraceQuery, TraceReader } from "@culprit/store";
import { sampleSpan, traceIdOf } from "../../test/sample-spans.ts";
import { findTraces } from "./found-traces.ts";

/** Answers from the n-th trace on that a place names; remembers how many spans each answer held. */
function readerOf(spanCounts: readonly number[]): {
  reader: Pick<TraceReader, "findTraces">;
  heldSpans: number[];
} {
  const span = sampleSpan();
  const heldSpans: number[] = [];
  const all: FoundTrace[] = spanCounts.map((count, n) => ({
    traceId: traceIdOf(n),
    latestUnixNano: BigInt(10_000 - n),
    spans: new Array(count).fill(span),
    lateSpanIds: new Set<string>(),
  }));
  const reader = {
    async findTraces({ after, limit }: TraceQuery) {
      const from = after === undefined ? 0 : 1 + all.findIndex((t) => t.traceId === after.traceId);
      const found = all.slice(from, from + limit);
      heldSpans.push(found.reduce((sum, { spans }) => sum + spans.length, 0));
      return found;
    },
  };
  return { reader, heldSpans };
}

async function idsOf(spanCounts: readonly number[], limit: number): Promise<[string[], number[]]> {
  const { reader, heldSpans } = readerOf(spanCounts);
  const ids: string[] = [];
  for await (const { traceId } of findTraces(reader as TraceReader, { limit })) ids.push(traceId);
  return [ids, heldSpans];
}

test("every trace up to the limit comes once, in order, in few reads", async () => {
  for (const [stored, limit, reads] of [
    [0, 10, 1],
    [3, 10, 1],
    [30, 21, 2],
    [200, 100, 3],
    [2000, 1500, 4],
  ] as const) {
    const [ids, heldSpans] = await idsOf(new Array(stored).fill(2), limit);
    const expected = Array.from({ length: Math.min(stored, limit) }, (_, n) => traceIdOf(n));
    assert.deepEqual(ids, expected);
    assert.equal(heldSpans.length, reads, `${stored} stored, ${limit} wanted`);
  }
});

test("fat traces are read few at a time", async () => {
  const [ids, heldSpans] = await idsOf(new Array(20).fill(100_000), 20);
  assert.equal(ids.length, 20);
  assert.equal(Math.max(...heldSpans), 400_000, "the first read, then 200,000");
  assert.ok(heldSpans.slice(1).every((spans) => spans <= 200_000));
});
