import assert from "node:assert/strict";
import { test } from "node:test";
import { parseGoDuration } from "./go-duration.ts";

const VALID: readonly (readonly [string, number])[] = [
  ["1.2s", 1_200_000_000],
  ["100ms", 100_000_000],
  ["4.5us", 4_500],
  ["4.5µs", 4_500],
  ["4.5μs", 4_500],
  ["4500ns", 4_500],
  ["1h2m", 3_720_000_000_000],
  ["1h2m3.5s", 3_723_500_000_000],
  ["0.0045s", 4_500_000],
  ["0.006s", 6_000_000],
  [".5s", 500_000_000],
  ["1.s", 1_000_000_000],
  ["-5ms", -5_000_000],
  ["+5ms", 5_000_000],
  ["0", 0],
];

for (const [text, nanos] of VALID) {
  test(`${text} is ${nanos} ns`, () => assert.equal(parseGoDuration(text), nanos));
}

for (const text of ["", "5", "abc", "5x", "s", "1h2", "1 s", "--1s", "1e3s", ".s", "ms5"]) {
  test(`"${text}" is not a duration`, () => assert.equal(parseGoDuration(text), undefined));
}
