import assert from "node:assert/strict";
import { test } from "node:test";
import { ClientSequences } from "./client-sequences.ts";

function counted(...numbers: readonly number[]): readonly [lost: number, late: number] {
  const sequences = new ClientSequences();
  for (const seqNo of numbers) sequences.seen("a", seqNo, undefined);
  return [sequences.lostPackets, sequences.latePackets];
}

test("numbers that are passed over are lost packets", () => {
  assert.deepEqual(counted(1, 2, 3), [0, 0]);
  assert.deepEqual(counted(1, 4, 5, 7), [3, 0]);
});

test("what came before the first packet that was seen is not known to be lost", () => {
  assert.deepEqual(counted(1000, 1001), [0, 0]);
});

test("a packet that was overtaken is late and not lost", () => {
  assert.deepEqual(counted(1, 3, 2, 4), [1, 1]);
});

test("the same packet twice loses nothing", () => {
  assert.deepEqual(counted(1, 2, 2, 3), [0, 0]);
});

test("a client that begins anew has lost nothing", () => {
  assert.deepEqual(counted(500, 501, 1, 2), [0, 0]);
  assert.deepEqual(counted(5, 1, 2, 3), [0, 0]);
});

test("clients count on their own, and one that does not count is none", () => {
  const sequences = new ClientSequences();
  sequences.seen("a", 1, undefined);
  sequences.seen("b", 10, undefined);
  sequences.seen("c", undefined, undefined);
  sequences.seen("a", 2, undefined);
  sequences.seen("b", 12, undefined);
  assert.equal(sequences.lostPackets, 1);
});

test("a client that has long been silent is forgotten, one that speaks is not", () => {
  const sequences = new ClientSequences();
  sequences.seen("silent", 1, undefined);
  sequences.seen("speaking", 1, undefined);
  for (let n = 0; n < 5000; n++) {
    sequences.seen(`other ${n}`, 1, undefined);
    if (n % 1000 === 0) sequences.seen("speaking", 1, undefined);
  }
  sequences.seen("silent", 9, undefined);
  assert.equal(sequences.lostPackets, 0);
  sequences.seen("speaking", 3, undefined);
  assert.equal(sequences.lostPackets, 1);
});

test("spans that a client could not send are added up, also when it begins anew", () => {
  const sequences = new ClientSequences();
  const stats = (full: number, large: number, failed: number) => ({
    fullQueueDroppedSpans: full,
    tooLargeDroppedSpans: large,
    failedToEmitSpans: failed,
  });
  sequences.seen("a", 1, stats(1, 2, 3));
  sequences.seen("a", 2, stats(1, 4, 3));
  assert.equal(sequences.clientDroppedSpans, 8);
  sequences.seen("a", 3, stats(2, 0, 0));
  assert.equal(sequences.clientDroppedSpans, 9);
});
