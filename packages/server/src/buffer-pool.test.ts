import assert from "node:assert/strict";
import { test } from "node:test";
import { BufferPool } from "./buffer-pool.ts";

test("a released buffer serves the next request of its size", () => {
  const pool = new BufferPool();
  const first = pool.acquire(175_000);
  assert.ok(first.length >= 175_000);
  pool.release(first);
  assert.equal(pool.acquire(150_000).buffer, first.buffer);
});

test("two requests at once never share a buffer", () => {
  const pool = new BufferPool();
  assert.notEqual(pool.acquire(175_000).buffer, pool.acquire(175_000).buffer);
});

test("any size is served", () => {
  const pool = new BufferPool();
  for (const size of [0, 1, 65_535, 65_536, 65_537, 1 << 20, (1 << 20) + 1, 5_000_000]) {
    const buffer = pool.acquire(size);
    assert.ok(buffer.length >= size);
    pool.release(buffer);
    assert.ok(pool.acquire(size).length >= size);
  }
});
