import type { SpanSink } from "@culprit/trace-model";
import { WireError } from "@culprit/wire";
import { CheckingSink } from "./checking-sink.ts";
import {
  type Decode,
  leastMs,
  MAX_MS,
  memoryAllowance,
  peakMemory,
  usedMemory,
} from "./input-cost.ts";
import { mutated, type Samples } from "./mutation.ts";

export interface FuzzedDecoder {
  readonly name: string;
  readonly samples: Samples;
  /** A decoder as a door keeps it: for many inputs. */
  newDecode(): Decode;
}

export interface FuzzOptions {
  readonly seed: number;
  /** The first input, from 0. */
  readonly from: number;
  readonly count: number;
}

export interface Finding {
  readonly number: number;
  readonly input: Uint8Array;
  readonly what: string;
}

export interface FuzzOutcome {
  readonly decodedCount: number;
  /** Refused with a WireError. */
  readonly refusedCount: number;
  readonly slowestMs: number;
  /** Largest growth of memory, garbage included, of an input that stayed below its allowance by that alone. */
  readonly mostBytes: number;
  readonly findings: readonly Finding[];
}

/** With more, they mostly are one. */
const MAX_FINDINGS = 10;

/** Runs mutated inputs through a decoder. @throws nothing: what goes wrong is a finding */
export function fuzz(decoder: FuzzedDecoder, { seed, from, count }: FuzzOptions): FuzzOutcome {
  const findings: Finding[] = [];
  const sink = new CheckingSink();
  const decode = decoder.newDecode();
  let decodedCount = 0;
  let refusedCount = 0;
  let slowestMs = 0;
  let mostBytes = 0;
  for (let number = from; number < from + count && findings.length < MAX_FINDINGS; number++) {
    const input = mutated(seed, number, decoder.samples);
    const found = (what: string): void => {
      findings.push({ number, input, what });
    };
    sink.reset();
    const bytesBefore = usedMemory();
    const start = performance.now();
    try {
      if (isDecoded(decode, input, sink)) decodedCount++;
      else refusedCount++;
      const ms = performance.now() - start;
      const grownBytes = usedMemory() - bytesBefore;
      if (ms > MAX_MS) {
        const least = leastMs(decode, input);
        if (least > MAX_MS) found(`takes ${least.toFixed(0)} ms`);
      } else {
        slowestMs = Math.max(slowestMs, ms);
      }
      if (grownBytes >= 0 && grownBytes <= memoryAllowance(input.length)) {
        mostBytes = Math.max(mostBytes, grownBytes);
      } else {
        const excess = memoryExcess(decoder, decode, input);
        if (excess !== undefined) found(excess);
      }
    } catch (error) {
      found(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }
  return { decodedCount, refusedCount, slowestMs, mostBytes, findings };
}

function isDecoded(decode: Decode, input: Uint8Array, sink: SpanSink): boolean {
  try {
    decode(input, sink);
    return true;
  } catch (error) {
    if (error instanceof WireError) return false;
    throw error;
  }
}

function memoryExcess(
  decoder: FuzzedDecoder,
  decode: Decode,
  input: Uint8Array,
): string | undefined {
  const allowance = memoryAllowance(input.length);
  const grownBytes = memoryGrowth(decode, input);
  if (grownBytes >= 0 && grownBytes <= allowance) return undefined;
  const peak = peakMemory(() => decoder.newDecode(), input);
  if (peak <= allowance) return undefined;
  const times = Math.round(peak / Math.max(1, input.length));
  return `holds ${Math.round(peak / 1024)} KiB, ${times} times its ${input.length} bytes`;
}

function memoryGrowth(decode: Decode, input: Uint8Array): number {
  const sink = new CheckingSink();
  const bytesBefore = usedMemory();
  isDecoded(decode, input, sink);
  return usedMemory() - bytesBefore;
}
