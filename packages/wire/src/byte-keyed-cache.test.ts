import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteKeyedCache } from "./byte-keyed-cache.ts";

const bytes = new TextEncoder().encode("abcabd");

test("the same bytes in two places are one key", () => {
  const cache = new ByteKeyedCache<object>();
  const first = cache.get(bytes, 0, 2, 0, 0, () => ({}));
  assert.equal(
    cache.get(bytes, 3, 5, 0, 0, () => ({})),
    first,
  );
});

test("the same bytes divided otherwise are another key", () => {
  const cache = new ByteKeyedCache<object>();
  const first = cache.get(bytes, 0, 1, 1, 3, () => ({}));
  assert.notEqual(
    cache.get(bytes, 0, 2, 2, 3, () => ({})),
    first,
  );
  assert.notEqual(
    cache.get(bytes, 3, 4, 4, 6, () => ({})),
    first,
  );
});

test("the key is a copy: the input may change", () => {
  const cache = new ByteKeyedCache<string>();
  const input = bytes.slice();
  cache.get(input, 0, 3, 0, 0, () => "abc");
  input.fill(0);
  assert.equal(
    cache.get(bytes, 0, 3, 0, 0, () => "made again"),
    "abc",
  );
  assert.equal(
    cache.get(input, 0, 3, 0, 0, () => "zeros"),
    "zeros",
  );
});

test("more keys than it keeps are answered rightly all the same", () => {
  const cache = new ByteKeyedCache<number>();
  const key = new Uint8Array(4);
  const view = new DataView(key.buffer);
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 10_000; i++) {
      view.setUint32(0, i);
      assert.equal(
        cache.get(key, 0, 4, 0, 0, () => i),
        i,
      );
    }
  }
});

test("a key larger than the cache is not kept", () => {
  const cache = new ByteKeyedCache<object>();
  const large = new Uint8Array(5 * 1024 * 1024);
  const first = cache.get(large, 0, large.length, 0, 0, () => ({}));
  assert.notEqual(
    cache.get(large, 0, large.length, 0, 0, () => ({})),
    first,
  );
});
