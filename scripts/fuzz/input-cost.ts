// What decoding one input costs in time and memory.
//
// Memory is told in two steps. What the heap and the buffers outside it have grown by is cheap to ask for and an upper
// bound of what was needed, since it counts garbage too; nearly every input stays below its allowance even so. For the
// few that do not, decoding is repeated, stopped at up to 16 places to collect the garbage, and what is alive there is
// what it really needs. An input during which the collector ran has told nothing and is decoded again.

import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { SpanSink } from "@culprit/trace-model";
import { WireError } from "@culprit/wire";
import { CheckingSink } from "./checking-sink.ts";

export type Decode = (bytes: Uint8Array, sink: SpanSink) => unknown;

export const MAX_MS = 50;
export const MAX_MEMORY_RATIO = 100;
/** A decoder may have tables of its own, which an input of ten bytes does not pay for. */
export const FREE_MEMORY_BYTES: number = 512 * 1024;

const TRIES = 5;
const STOPS = 16;
const SETTLED_BYTES = 4096;

export function memoryAllowance(inputBytes: number): number {
  return Math.max(FREE_MEMORY_BYTES, inputBytes * MAX_MEMORY_RATIO);
}

export function usedMemory(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

/** Processor time of this thread for decoding once, the least of several tries: what others do does not count. */
export function leastMs(decode: Decode, bytes: Uint8Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (let n = 0; n < TRIES; n++) {
    const before = process.threadCpuUsage();
    tried(decode, bytes, new CheckingSink());
    const { user, system } = process.threadCpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

/** The most that was alive at once while a decoder of its own took the input. */
export function peakMemory(newDecode: () => Decode, bytes: Uint8Array): number {
  const counting = new CheckingSink();
  tried(newDecode(), bytes, counting);
  const every = Math.max(1, Math.ceil(counting.calls / STOPS));
  const decode = newDecode();
  const before = settledMemory();
  let most = 0;
  let calls = 0;
  const look = (): void => {
    collectGarbage();
    most = Math.max(most, usedMemory() - before);
  };
  const sink = new CheckingSink(() => {
    if (calls++ % every === 0) look();
  });
  tried(decode, bytes, sink);
  look();
  return most;
}

function tried(decode: Decode, bytes: Uint8Array, sink: SpanSink): void {
  try {
    decode(bytes, sink);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
  }
}

/** Buffers outside the heap are freed beside the collector, so what an earlier input left goes little by little. */
function settledMemory(): number {
  let bytes = Number.POSITIVE_INFINITY;
  for (;;) {
    collectGarbage();
    const now = usedMemory();
    if (now >= bytes - SETTLED_BYTES) return now;
    bytes = now;
  }
}

let collect: (() => void) | undefined;

function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  collect();
}
