import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ticks, ticksThatFit } from "./ticks.ts";

test("ticks are round, ascending, inside and not too many", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10 ** 16 }),
      fc.integer({ min: 100, max: 10 ** 16 }),
      fc.integer({ min: 1, max: 20 }),
      (start, width, most) => {
        const window = { start, end: start + width };
        const marks = ticks(window, most);
        assert.ok(marks.length <= most + 1);
        const labels = new Set(marks.map(({ label }) => label));
        assert.equal(labels.size, marks.length);
        for (const { at } of marks) assert.ok(at >= start - 1 && at <= window.end);
      },
    ),
  );
});

test("ticks of a window share their unit and digits", () => {
  assert.deepEqual(
    ticks({ start: 0, end: 3.66e9 }, 8).map(({ label }) => label),
    ["0", "0.5 s", "1.0 s", "1.5 s", "2.0 s", "2.5 s", "3.0 s", "3.5 s"],
  );
  assert.deepEqual(
    ticks({ start: 0, end: 600 }, 3).map(({ label }) => label),
    ["0", "200 ns", "400 ns", "600 ns"],
  );
});

test("ticks of long windows are written as durations are", () => {
  const labels = (start: number, end: number, most: number): string[] =>
    ticks({ start: start * 1e9, end: end * 1e9 }, most).map(({ label }) => label);
  const day = 86_400;
  assert.deepEqual(labels(0, 90, 4), ["0", "30 s", "1 min 00 s", "1 min 30 s"]);
  assert.deepEqual(labels(0, 9000, 3), ["0", "1 h", "2 h"]);
  assert.deepEqual(labels(0, 104.2 * day, 6), ["0", "20 d", "40 d", "60 d", "80 d", "100 d"]);
  assert.deepEqual(labels(3 * day, 3 * day + 3600, 2), [
    "3 d 00 h 00 min",
    "3 d 00 h 30 min",
    "3 d 01 h 00 min",
  ]);
  assert.deepEqual(labels(61, 62, 2), ["1 min 01.0 s", "1 min 01.5 s", "1 min 02.0 s"]);
});

test("labels that fit never touch", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10 ** 16 }),
      fc.integer({ min: 100, max: 10 ** 16 }),
      fc.integer({ min: 300, max: 2000 }),
      (start, width, widthPx) => {
        const marks = ticksThatFit({ start, end: start + width }, widthPx);
        marks.forEach(({ at, label }, index) => {
          const next = marks[index + 1];
          const gapPx = (((next?.at ?? Number.POSITIVE_INFINITY) - at) / width) * widthPx;
          assert.ok(marks.length <= 2 || gapPx > label.length * 6.4, label);
        });
      },
    ),
  );
});
