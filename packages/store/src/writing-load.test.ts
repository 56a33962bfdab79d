import assert from "node:assert/strict";
import { test } from "node:test";
import { WritingLoad } from "./writing-load.ts";

test("the load is the part of the time in which something is written, and is forgotten when nothing is", () => {
  const load = new WritingLoad();
  assert.equal(load.share(5), 0);
  for (let atMs = 0; atMs < 20_000; atMs += 100) {
    load.began(atMs);
    load.ended(atMs + 60);
  }
  assert.ok(Math.abs(load.share(20_000) - 0.6) < 0.02, `${load.share(20_000)}`);
  assert.ok(load.share(30_000) < 0.01);
  load.began(30_000);
  assert.ok(load.share(40_000) > 0.99);
});
