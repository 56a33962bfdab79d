import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseRfc3339 } from "./rfc3339.ts";

test("moments are read to the nanosecond, in any zone", () => {
  const table: readonly (readonly [string, bigint | undefined])[] = [
    ["1970-01-01T00:00:00Z", 0n],
    ["1970-01-01T00:00:00.000000001Z", 1n],
    ["1970-01-01T02:00:00.5+02:00", 500_000_000n],
    ["2026-11-22t10:00:00z", 1_795_341_600_000_000_000n],
    ["2026-11-22 10:00:00-00:30", 1_795_343_400_000_000_000n],
    ["1969-12-31T23:59:59Z", undefined],
    ["2554-07-21T23:34:33.709551615Z", 2n ** 64n - 1n],
    ["2555-01-01T00:00:00Z", undefined],
    ["2026-02-30T00:00:00Z", undefined],
    ["2026-11-22T25:00:00Z", undefined],
    ["2026-11-22T10:00:00", undefined],
    ["2026-11-22", undefined],
    ["yesterday", undefined],
    ["", undefined],
  ];
  for (const [text, nanos] of table) assert.equal(parseRfc3339(text), nanos, text);
});

test("what Date writes is read as the same moment", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 18_446_744_073_709 }), (millis) => {
      assert.equal(parseRfc3339(new Date(millis).toISOString()), BigInt(millis) * 1_000_000n);
    }),
  );
});
