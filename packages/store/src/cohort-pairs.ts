// Attributes as the engine answers them, each pair of key and value with its traces, into columns of numbers. A trace is
// told by the last 53 bits of its id, which are random ones in every format.

import type { CohortAttributes } from "./cohort-reader.ts";
import { readNative } from "./native-rows.ts";
import type { Strings } from "./native-strings.ts";
import { NumberColumn } from "./number-column.ts";

const HIGH_BITS = 2 ** 21;

export class CohortPairs {
  readonly #traces = new Map<number, number>();
  readonly #trace = new NumberColumn(Uint32Array);
  readonly #pair = new NumberColumn(Uint32Array);
  readonly #indexes = new Map<string, number>();
  readonly #pairs: (readonly [string, string])[] = [];

  constructor(traceIds: readonly string[]) {
    for (const [index, id] of traceIds.entries()) {
      const bytes = Buffer.from(id, "hex");
      this.#traces.set(keyOf(bytes.readUInt32BE(12), bytes.readUInt32BE(8)), index);
    }
  }

  add(answer: Uint8Array): void {
    for (const { rows, columns } of readNative(answer)) {
      if (rows === 0) continue;
      const key = columns.get("k") as Strings;
      const value = columns.get("v") as Strings;
      const traces = columns.get("traces") as readonly BigUint64Array[];
      for (let row = 0; row < rows; row++) {
        const pair = this.#pairOf(key.at(row) as string, value.at(row) as string);
        this.#add(pair, traces[row] as BigUint64Array);
      }
    }
  }

  #add(pair: number, traces: BigUint64Array): void {
    const words = new Uint32Array(traces.buffer, traces.byteOffset, traces.length * 2);
    for (let i = 0; i < words.length; i += 2) {
      // Traces whose root lies outside the ranges are not in the columns.
      const trace = this.#traces.get(keyOf(words[i] as number, words[i + 1] as number));
      if (trace === undefined) continue;
      this.#trace.push(trace);
      this.#pair.push(pair);
    }
  }

  #pairOf(key: string, value: string): number {
    const name = JSON.stringify([key, value]);
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    const index = this.#pairs.push([key, value]) - 1;
    this.#indexes.set(name, index);
    return index;
  }

  attributes(): CohortAttributes {
    return { trace: this.#trace.view(), pair: this.#pair.view(), pairs: this.#pairs };
  }
}

function keyOf(low: number, high: number): number {
  return (high % HIGH_BITS) * 2 ** 32 + low;
}
