import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bandAt, bandLimits, PERCENTILE_BANDS } from "./percentile-bands.ts";

function bandsOf(durations: readonly number[]): number[] {
  const limits = bandLimits(durations.toSorted((a, b) => a - b));
  return durations.map((duration) => bandAt(limits, duration));
}

test("bands are disjoint and cover all percentiles", () => {
  const edges = PERCENTILE_BANDS.map(({ from }) => from);
  assert.deepEqual([...edges, 100], [0, ...PERCENTILE_BANDS.map(({ to }) => to)]);
});

test("a hundred different durations are 50, 40, 9 and 1", () => {
  const bands = bandsOf(Array.from({ length: 100 }, (_, i) => 1000 - i));
  const counts = PERCENTILE_BANDS.map((_, band) => bands.filter((at) => at === band).length);
  assert.deepEqual(counts, [50, 40, 9, 1]);
});

test("fewer traces than bands leave bands empty", () => {
  assert.deepEqual(bandsOf([]), []);
  assert.deepEqual(bandsOf([7]), [0]);
  assert.deepEqual(bandsOf([7, 3]), [1, 0]);
  assert.deepEqual(bandsOf([1, 2, 3]), [0, 0, 1]);
});

test("equal durations are in one band, the lower one", () => {
  assert.deepEqual(bandsOf([5, 5, 5, 5]), [0, 0, 0, 0]);
  assert.deepEqual(bandsOf([1, 5, 5, 9]), [0, 0, 0, 1]);
});

test("the band is where the part of shorter traces lies", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 30 }), { maxLength: 300 }), (durations) => {
      const expected = durations.map((duration) => {
        const shorter = durations.filter((other) => other < duration).length;
        return PERCENTILE_BANDS.findLastIndex(
          ({ from }) => shorter * 100 >= from * durations.length,
        );
      });
      assert.deepEqual(bandsOf(durations), expected);
    }),
  );
});
