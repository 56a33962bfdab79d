import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EXCESS_OPTIONS, excessOf } from "./excess.ts";

const MS = 1e6;
const evenly = (count: number, from: number, to: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));

test("a shift of all calls counts nearly whole, one within the spread not at all", () => {
  const baseline = evenly(500, 10 * MS, 12 * MS);
  const shifted = excessOf(baseline, evenly(200, 60 * MS, 62 * MS), EXCESS_OPTIONS);
  assert.ok(shifted.nanos > 200 * 49 * MS && shifted.nanos <= 200 * 50 * MS, `${shifted.nanos}`);
  assert.equal(excessOf(baseline, evenly(200, 10 * MS, 12 * MS), EXCESS_OPTIONS).nanos, 0);
});

test("a tenth of the calls is seen, one call within the baseline's extremes is not", () => {
  const baseline = evenly(500, 10 * MS, 12 * MS);
  const tenth = Float64Array.from([
    ...evenly(180, 10 * MS, 12 * MS),
    ...evenly(20, 500 * MS, 520 * MS),
  ]);
  assert.ok(excessOf(baseline, tenth, EXCESS_OPTIONS).nanos > 20 * 480 * MS);
  const heavy = Float64Array.from([...evenly(99, 10 * MS, 12 * MS), 900 * MS]);
  assert.equal(excessOf(heavy, Float64Array.of(800 * MS), EXCESS_OPTIONS).nanos, 0);
});

test("an empty side has no excess, and no excess is ever negative or more than the time itself", () => {
  const none = new Float64Array();
  assert.equal(excessOf(none, Float64Array.of(1), EXCESS_OPTIONS).nanos, 0);
  assert.equal(excessOf(Float64Array.of(1), none, EXCESS_OPTIONS).nanos, 0);
  const times = fc
    .array(fc.integer({ min: 0, max: 1e12 }), { minLength: 1, maxLength: 60 })
    .map((all) => Float64Array.from(all).sort());
  fc.assert(
    fc.property(times, times, (baseline, incident) => {
      const { nanos, shift } = excessOf(baseline, incident, EXCESS_OPTIONS);
      assert.ok(nanos >= 0 && shift >= 0);
      assert.ok(nanos <= incident.reduce((sum, time) => sum + time, 0));
      assert.equal(excessOf(baseline, baseline, EXCESS_OPTIONS).nanos, 0);
    }),
  );
});
