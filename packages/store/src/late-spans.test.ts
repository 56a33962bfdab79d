import assert from "node:assert/strict";
import { test } from "node:test";
import { plainSpan } from "../test/plain-span.ts";
import { hasGap, lateSpanIds, type StoredSpan } from "./late-spans.ts";

function arrived(...arrivals: readonly (readonly [id: string, received: number])[]): StoredSpan[] {
  return arrivals.map(([spanId, received]) => ({
    span: plainSpan({ spanId }),
    receivedUnixNano: BigInt(received),
  }));
}

test("spans that follow each other within the quiet are in time, however long that goes on", () => {
  const spans = arrived(["a", 30], ["b", 10], ["c", 20], ["d", 40]);
  assert.deepEqual([...lateSpanIds(spans, 10)], []);
  assert.equal(hasGap(spans, 10), false);
});

test("all that came after the first quiet is late, in whatever order it is read", () => {
  const spans = arrived(["d", 41], ["a", 10], ["c", 31], ["b", 20]);
  assert.deepEqual([...lateSpanIds(spans, 10)].sort(), ["c", "d"]);
  assert.equal(hasGap(spans, 10), true);
});

test("a copy of a span that was there in time is not late", () => {
  const spans = arrived(["a", 10], ["a", 100], ["b", 100]);
  assert.deepEqual([...lateSpanIds(spans, 10)], ["b"]);
});

test("no spans, none late", () => {
  assert.equal(lateSpanIds([], 10).size, 0);
});
