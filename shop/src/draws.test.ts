import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDrawKey, maxSeed, parseDrawKey, parseSeed } from "./draws.ts";

test("every seed that is allowed arrives at the services", () => {
  for (const seed of [0, 642, 1e15, maxSeed]) {
    assert.equal(parseSeed(String(seed)), seed);
    const key = { seed, index: 7, scenario: "everyday" };
    assert.deepEqual(parseDrawKey(formatDrawKey(key)), key);
  }
});

for (const text of ["", "-1", "abc", "1.5", "1e3", "9007199254740992", "99999999999999999"]) {
  test(`"${text}" is no seed`, () => {
    assert.equal(parseSeed(text), undefined);
    assert.equal(parseDrawKey(`${text}/0/everyday`), undefined);
  });
}
