import { Dictionary } from "./dictionary.ts";
import type { LongColumn } from "./long-column.ts";
import { lowCardinality, type NativeColumn } from "./native-column.ts";

const INITIAL_ROWS = 4096;

/** Names that repeat: each is encoded once a block. */
export class NameColumn {
  length = 0;
  readonly #known = new Map<string, number>();
  readonly #dictionary = new Dictionary();
  #indexes = new Uint32Array(INITIAL_ROWS);

  put(name: string): void {
    this.putIndex(this.indexOf(name));
  }

  /** What stands for the name in this column. */
  indexOf(name: string): number {
    let index = this.#known.get(name);
    if (index === undefined) {
      const bytes = Buffer.from(name);
      index = this.#dictionary.indexOf(bytes, 0, bytes.length);
      this.#known.set(name, index);
    }
    return index;
  }

  putIndex(index: number): void {
    if (this.length === this.#indexes.length) {
      const larger = new Uint32Array(this.length * 2);
      larger.set(this.#indexes);
      this.#indexes = larger;
    }
    this.#indexes[this.length++] = index;
  }

  /** Valid until the next change of the column. */
  named(name: string): NativeColumn {
    return { name, type: "LowCardinality(String)", chunks: this.#chunks() };
  }

  /** One list a row. @param ends where each ends, counted from the column's first name */
  lists(name: string, ends: LongColumn): NativeColumn {
    // The dictionary's version stands before the offsets: Native writes all prefixes of a nested type first.
    const [prefix, ...body] = this.#chunks() as [Uint8Array, ...Uint8Array[]];
    const chunks = [prefix, ends.view(), ...(this.length === 0 ? [] : body)];
    return { name, type: "Array(LowCardinality(String))", chunks };
  }

  #chunks(): Uint8Array[] {
    return lowCardinality(this.#dictionary, this.#indexes.subarray(0, this.length));
  }
}
