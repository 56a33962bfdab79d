import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { panWindow, spanWindow, wholeWindow, zoomWindow } from "./time-window.ts";

const durations = fc.integer({ min: 0, max: 10 ** 14 });
const moves = fc.array(
  fc.oneof(
    fc.record({
      zoom: fc.double({ min: 0.01, max: 100, noNaN: true }),
      anchor: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    fc.record({ pan: fc.double({ min: -5, max: 5, noNaN: true }) }),
  ),
  { maxLength: 20 },
);

test("however one zooms and pans, the window stays inside the trace and never closes", () => {
  fc.assert(
    fc.property(durations, moves, (duration, steps) => {
      const whole = wholeWindow(duration);
      let window = whole;
      for (const step of steps) {
        window =
          "pan" in step
            ? panWindow(window, whole, step.pan)
            : zoomWindow(window, whole, step.zoom, step.anchor);
        assert.ok(window.start >= whole.start);
        assert.ok(window.end <= whole.end * (1 + 1e-12));
        assert.ok(window.end - window.start >= 99);
      }
    }),
  );
});

test("zooming keeps the moment under the pointer in its place", () => {
  const whole = wholeWindow(1e9);
  const window = zoomWindow(whole, whole, 0.5, 0.25);
  assert.deepEqual(window, { start: 125_000_000, end: 625_000_000 });
});

test("a span's window holds the whole span", () => {
  const whole = wholeWindow(1e9);
  const window = spanWindow(2e8, 1e8, whole);
  assert.ok(window.start < 2e8 && window.end > 3e8);
});
