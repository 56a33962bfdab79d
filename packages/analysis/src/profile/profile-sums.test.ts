import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bandLimits } from "./percentile-bands.ts";
import { type ProfiledTrace, ProfileSums, profileBands } from "./profile-sums.ts";

const part = (operation: string, nanos: number) => ({ service: "s", operation, nanos });

/** A path that sums to the duration. */
const traces: fc.Arbitrary<ProfiledTrace[]> = fc.array(
  fc
    .array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.nat({ max: 9 })), { maxLength: 4 })
    .map((path) => ({
      durationNanos: path.reduce((sum, [, nanos]) => sum + nanos, 0),
      path: path.map(([operation, nanos]) => part(operation, nanos)),
    })),
  { maxLength: 60 },
);

test("a band's operations come with their part of the band's critical path, the largest first", () => {
  const bands = profileBands([
    { durationNanos: 10, path: [part("a", 6), part("b", 4)] },
    { durationNanos: 10, path: [part("b", 10)] },
    { durationNanos: 90, path: [part("a", 90)] },
  ]);
  assert.deepEqual(bands[0], {
    from: 0,
    to: 50,
    traceCount: 2,
    shortestNanos: 10,
    longestNanos: 10,
    operations: [
      { service: "s", operation: "b", criticalPathNanos: 14, share: 0.7 },
      { service: "s", operation: "a", criticalPathNanos: 6, share: 0.3 },
    ],
  });
  assert.deepEqual(
    bands.map(({ traceCount }) => traceCount),
    [2, 1, 0, 0],
  );
  assert.deepEqual(bands[3], {
    from: 99,
    to: 100,
    traceCount: 0,
    shortestNanos: null,
    longestNanos: null,
    operations: [],
  });
});

test("bands hold every trace once and sum to all durations; the order of traces changes nothing", () => {
  fc.assert(
    fc.property(traces, (all) => {
      const bands = profileBands(all);
      const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
      assert.equal(sum(bands.map(({ traceCount }) => traceCount)), all.length);
      assert.equal(
        sum(bands.flatMap(({ operations }) => operations.map((one) => one.criticalPathNanos))),
        sum(all.map(({ durationNanos }) => durationNanos)),
      );
      assert.deepEqual(profileBands(all.toReversed()), bands);
      for (const { operations } of bands) {
        const shares = sum(operations.map(({ share }) => share));
        assert.ok(operations.length === 0 || Math.abs(shares - 1) < 1e-9);
      }
    }),
  );
});

test("durations count in the band that their traces would be in", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 30 })), (durations) => {
      const sorted = Float64Array.from(durations).sort();
      const sums = new ProfileSums(bandLimits(sorted));
      sums.addDurations(sorted);
      const expected = profileBands(
        durations.map((durationNanos) => ({ durationNanos, path: [] })),
      );
      assert.deepEqual(sums.bands(), expected);
    }),
  );
});

test("traces that a database has summed count as if each were added", () => {
  const all: ProfiledTrace[] = [
    { durationNanos: 10, path: [part("a", 10)] },
    { durationNanos: 20, path: [part("a", 20)] },
    { durationNanos: 30, path: [part("b", 30)] },
  ];
  const sums = new ProfileSums(bandLimits([10, 20, 30]));
  sums.addDurations(Float64Array.of(10, 20));
  sums.addPath(0, part("a", 30));
  sums.addTrace({ durationNanos: 30, path: [part("b", 30)] });
  assert.deepEqual(sums.bands(), profileBands(all));
});
