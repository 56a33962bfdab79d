import assert from "node:assert/strict";
import { test } from "node:test";
import { WaitingLoad } from "./waiting-load.ts";

/** Cycles of 100 ms, 60 of them writing; spans come every 4 ms as `comes` says. */
function cycles(load: WaitingLoad, comes: (isWriting: boolean) => boolean): void {
  for (let atMs = 0; atMs < 20_000; atMs += 4) {
    if (atMs % 100 === 0) load.began(atMs);
    if (atMs % 100 === 60) load.ended(atMs);
    if (comes(atMs % 100 < 60)) load.appended(512, atMs);
  }
}

const near = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < 0.02, `${actual} instead of ${expected}`);

test("nobody waits where as much comes while a block is being written as otherwise", () => {
  const load = new WaitingLoad();
  assert.equal(load.share(5), 0);
  cycles(load, () => true);
  near(load.share(20_000), 0);
});

test("senders of which none sends while a block is being written wait for as long as it is", () => {
  const load = new WaitingLoad();
  cycles(load, (isWriting) => !isWriting);
  near(load.share(20_000), 0.6);
  assert.ok(load.share(30_000) < 0.01, "forgotten when nothing is written");
});

test("senders that come in step and rest after the answer do not wait", () => {
  const load = new WaitingLoad();
  for (let atMs = 0; atMs < 20_000; atMs += 100) {
    load.appended(30_000, atMs);
    load.began(atMs + 10);
    load.ended(atMs + 50);
  }
  near(load.share(20_000), 0);
});

test("senders whose next block is due wait until the one before is written", () => {
  const load = new WaitingLoad();
  for (let atMs = 0; atMs < 20_000; atMs += 100) {
    load.began(atMs);
    load.appended(60_000, atMs + 10);
    load.due(atMs + 50);
    load.ended(atMs + 100);
  }
  near(load.share(20_000), 0.5);
});
