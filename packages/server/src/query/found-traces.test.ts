import assert from "node:assert/strict";
import { test } from "node:test";
import type { StoredTrace, TracePlace, TraceQuery } from "@culprit/store";
import { sampleSpan, traceIdOf } from "../../test/sample-spans.ts";
import { findTraces } from "./found-traces.ts";

/** Traces of so many spans each; remembers how many spans each read gave. */
function readerOf(spanCounts: readonly number[], isGone: (n: number) => boolean = () => false) {
  const span = sampleSpan();
  const traces = new Map<string, StoredTrace>();
  const places: TracePlace[] = [];
  for (const [n, count] of spanCounts.entries()) {
    const traceId = traceIdOf(n);
    places.push({ traceId, latestUnixNano: BigInt(10_000 - n) });
    if (isGone(n)) continue;
    traces.set(traceId, {
      traceId,
      spans: new Array(count).fill(span),
      lateSpanIds: new Set<string>(),
    });
  }
  const heldSpans: number[] = [];
  const read = (ids: readonly string[]): StoredTrace[] => {
    const found = ids.flatMap((id) => traces.get(id) ?? []);
    heldSpans.push(found.reduce((sum, { spans }) => sum + spans.length, 0));
    return found;
  };
  return {
    heldSpans,
    searches: 0,
    async findTraces({ limit }: TraceQuery) {
      this.searches++;
      return places.slice(0, limit);
    },
    async trace(id: string) {
      return read([id])[0];
    },
    async traces(ids: readonly string[], maxSpans: number) {
      const found = read(ids);
      if ((heldSpans.at(-1) ?? 0) <= maxSpans) return found;
      heldSpans[heldSpans.length - 1] = maxSpans;
      return undefined;
    },
  };
}

async function idsOf(reader: ReturnType<typeof readerOf>, limit: number): Promise<string[]> {
  const ids: string[] = [];
  for await (const { traceId } of findTraces(reader, { limit })) ids.push(traceId);
  return ids;
}

test("every trace up to the limit comes once, in order, after one search, in few reads", async () => {
  for (const [stored, limit, reads] of [
    [0, 10, 0],
    [3, 10, 1],
    [30, 21, 1],
    [200, 100, 2],
    [2000, 1500, 3],
  ] as const) {
    const reader = readerOf(new Array(stored).fill(2));
    const expected = Array.from({ length: Math.min(stored, limit) }, (_, n) => traceIdOf(n));
    assert.deepEqual(await idsOf(reader, limit), expected);
    assert.equal(reader.searches, 1);
    assert.equal(reader.heldSpans.length, reads, `${stored} stored, ${limit} wanted`);
  }
});

test("fat traces are read few at a time", async () => {
  const reader = readerOf(new Array(40).fill(60_000));
  assert.equal((await idsOf(reader, 40)).length, 40);
  assert.ok(Math.max(...reader.heldSpans) <= 200_000, String(reader.heldSpans));
  assert.ok(reader.heldSpans.length < 18, String(reader.heldSpans));
});

test("a trace that is larger than what may be held is read alone", async () => {
  const reader = readerOf([2, 500_000, 2, 500_000]);
  assert.equal((await idsOf(reader, 4)).length, 4);
  assert.deepEqual(
    reader.heldSpans.filter((spans) => spans > 200_000),
    [500_000, 500_000],
  );
});

test("thin traces after a fat one are read together again", async () => {
  const reader = readerOf([500_000, ...new Array(999).fill(2)]);
  assert.equal((await idsOf(reader, 1000)).length, 1000);
  assert.ok(reader.heldSpans.length < 12, String(reader.heldSpans));
});

test("a trace that was deleted since it was found is left out", async () => {
  const reader = readerOf(new Array(5).fill(2), (n) => n === 2);
  assert.deepEqual(await idsOf(reader, 5), [0, 1, 3, 4].map(traceIdOf));
});
