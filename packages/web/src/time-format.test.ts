import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatAge,
  formatCount,
  formatDuration,
  formatInstant,
  formatShare,
  plural,
} from "./time-format.ts";

test("durations have three significant digits and one unit", () => {
  const table: [number, string][] = [
    [0, "0 s"],
    [1, "1 ns"],
    [999, "999 ns"],
    [1000, "1.00 µs"],
    [12_345, "12.3 µs"],
    [999_400, "999 µs"],
    [999_600, "1.00 ms"],
    [3_660_000_000, "3.66 s"],
    [59_990_000_000, "60.0 s"],
    [60_000_000_000, "1 min 00 s"],
    [125_000_000_000, "2 min 05 s"],
    [7_500_000_000_000, "2 h 05 min"],
    [200_000_000_000_000, "2 d 07 h"],
  ];
  for (const [nanos, text] of table) assert.equal(formatDuration(nanos), text);
});

test("shares name what is small instead of rounding it away", () => {
  assert.equal(formatShare(0), "0.0 %");
  assert.equal(formatShare(0.0004), "<0.1 %");
  assert.equal(formatShare(0.0421), "4.2 %");
  assert.equal(formatShare(0.8249), "82 %");
  assert.equal(formatShare(1), "100 %");
});

test("counts are grouped and nouns agree", () => {
  assert.equal(formatCount(1_234_567), "1,234,567");
  assert.equal(plural(1, "span"), "1 span");
  assert.equal(plural(100_000, "span"), "100,000 spans");
});

test("an instant keeps its nanoseconds", () => {
  assert.equal(formatInstant("1763467200123456789"), "2025-11-18T12:00:00.123456789Z");
});

test("an instant beyond what dates reach stays a number", () => {
  assert.equal(formatInstant("18446744073709551615"), "2554-07-21T23:34:33.709551615Z");
  assert.equal(formatInstant("99999999999999999999999"), "99999999999999999999999 ns");
});

test("ages grow in units", () => {
  const start = 1_763_467_200_000;
  const at = (seconds: number): string => formatAge(`${start}000000`, start + seconds * 1000);
  assert.deepEqual([-5, 1, 42, 300, 7200, 86_400 * 3, 86_400 * 800].map(at), [
    "in the future",
    "now",
    "42 s ago",
    "5 min ago",
    "2 h ago",
    "3 d ago",
    "2 y ago",
  ]);
});
