// Attributes as the engine answers them, (trace, key, value) each once, into columns of numbers.

import type { CohortAttributes } from "./cohort-reader.ts";
import { type FixedStrings, readNative } from "./native-rows.ts";
import { NumberColumn } from "./number-column.ts";

export class CohortPairs {
  readonly #traces: ReadonlyMap<string, number>;
  readonly #trace = new NumberColumn(Uint32Array);
  readonly #pair = new NumberColumn(Uint32Array);
  readonly #keys = new Map<string, Map<string, number>>();
  readonly #pairs: (readonly [string, string])[] = [];

  constructor(traceIds: readonly string[]) {
    this.#traces = new Map(traceIds.map((id, index) => [id, index]));
  }

  add(answer: Uint8Array): void {
    for (const { rows, columns } of readNative(answer)) {
      if (rows === 0) continue;
      const traceId = columns.get("trace_id") as FixedStrings;
      const key = columns.get("k") as readonly string[];
      const value = columns.get("value") as readonly string[];
      for (let row = 0; row < rows; row++) {
        // Traces whose root lies outside the ranges are not in the columns.
        const trace = this.#traces.get(traceId.hex(row));
        if (trace === undefined) continue;
        this.#trace.push(trace);
        this.#pair.push(this.#pairOf(key[row] as string, value[row] as string));
      }
    }
  }

  #pairOf(key: string, value: string): number {
    let values = this.#keys.get(key);
    if (values === undefined) {
      values = new Map();
      this.#keys.set(key, values);
    }
    let pair = values.get(value);
    if (pair === undefined) {
      pair = this.#pairs.push([key, value]) - 1;
      values.set(value, pair);
    }
    return pair;
  }

  attributes(): CohortAttributes {
    return { trace: this.#trace.view(), pair: this.#pair.view(), pairs: this.#pairs };
  }
}
