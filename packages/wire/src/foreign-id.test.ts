import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { foreignId } from "./foreign-id.ts";

function fnv1a(text: string, bits: 64 | 128): string {
  let hash = bits === 64 ? 0xcbf29ce484222325n : 0x6c62272e07bb014262b821756295c58dn;
  const prime = bits === 64 ? 0x100000001b3n : 0x1000000000000000000013bn;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(bits, (hash ^ BigInt(byte)) * prime);
  }
  return hash.toString(16).padStart(bits / 4, "0");
}

test("what is no hex is hashed by FNV-1a", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 100 }), (text) => {
      const named = `#${text}`;
      assert.deepEqual(foreignId(named, 16), { id: fnv1a(named, 64), isHashed: true });
      assert.deepEqual(foreignId(named, 32), { id: fnv1a(named, 128), isHashed: true });
    }),
    { numRuns: 500 },
  );
});

test("hex of no more digits than ours is padded, zeros are none", () => {
  assert.deepEqual(foreignId("AbC", 16), { id: "0000000000000abc", isHashed: false });
  assert.deepEqual(foreignId("000", 32), { id: "", isHashed: false });
  assert.deepEqual(foreignId("", 32), { id: "", isHashed: false });
  assert.equal(foreignId("f".repeat(17), 16).isHashed, true);
});
