import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bucketOf, DurationHistogram, nanosOf } from "./duration-histogram.ts";

/** From a nanosecond to beyond any trace, each order of magnitude as often as the others. */
const durations = fc
  .tuple(fc.integer({ min: 0, max: 53 }), fc.double({ min: 1, max: 2, noNaN: true }))
  .map(([exponent, factor]) => Math.floor(2 ** exponent * factor));

test("the middle of its bucket is within 1 % of any duration, and longer ones have higher buckets", () => {
  fc.assert(
    fc.property(durations, durations, (a, b) => {
      assert.ok(Math.abs(nanosOf(bucketOf(a)) - a) <= a * 0.01, `${a}`);
      assert.equal(Math.sign(bucketOf(a) - bucketOf(b)) * Math.sign(a - b) >= 0, true);
    }),
  );
});

test("short durations are exact", () => {
  for (let nanos = 0; nanos < 128; nanos++) assert.equal(nanosOf(bucketOf(nanos)), nanos);
  assert.equal(bucketOf(2 ** 64), 4097);
});

test("any quantile is within 1 % of the exact one", () => {
  fc.assert(
    fc.property(
      fc.array(durations, { minLength: 1, maxLength: 60 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, level) => {
        const histogram = new DurationHistogram();
        for (const nanos of values) histogram.add(bucketOf(nanos), 1);
        const exact = exactQuantile(values, level);
        assert.ok(Math.abs(histogram.quantile(level) - exact) <= exact * 0.01 + 1, `${exact}`);
      },
    ),
  );
});

test("what is taken away again never counted", () => {
  const histogram = new DurationHistogram();
  histogram.add(bucketOf(5), 2);
  histogram.add(bucketOf(2 ** 60), 3);
  histogram.add(bucketOf(5), -2);
  assert.equal(histogram.count, 3);
  assert.equal(bucketOf(histogram.quantile(0)), bucketOf(2 ** 60));
  assert.equal(new DurationHistogram().quantile(0.5), 0);
});

function exactQuantile(values: readonly number[], level: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = level * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] as number;
  return low + ((sorted[below + 1] ?? low) - low) * (at - below);
}
