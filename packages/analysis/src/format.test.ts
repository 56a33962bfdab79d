import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { excerpt, formatLimit, formatList, formatNanos, formatShare } from "./format.ts";

describe("figures", () => {
  it("keep three digits and change their unit before a fourth shows", () => {
    const texts: readonly [number, string][] = [
      [0, "0 ns"],
      [999, "999 ns"],
      [1000, "1.00 µs"],
      [12_345, "12.3 µs"],
      [999_499, "999 µs"],
      [999_500, "1.00 ms"],
      [99_960_000, "100 ms"],
      [999_499_999, "999 ms"],
      [999_500_000, "1.00 s"],
      [3_661_000_000, "3.66 s"],
      [95_200_000_000, "95.20 s"],
    ];
    for (const [nanos, text] of texts) assert.equal(formatNanos(nanos), text);
  });

  it("are said without zeros when they are limits", () => {
    assert.equal(formatLimit(3e9), "3 s");
    assert.equal(formatLimit(2.5e9), "2.5 s");
    assert.equal(formatLimit(500e6), "500 ms");
  });

  it("are joined and cut as a sentence needs them", () => {
    assert.equal(formatShare(0.8196), "82 %");
    assert.deepEqual([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(formatList), [
      "",
      "a",
      "a and b",
      "a, b and c",
    ]);
    assert.equal(excerpt(" select\n  1 ", 20), "select 1");
    assert.equal(excerpt("abcdef", 4), "abc…");
  });
});
