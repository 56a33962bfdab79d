// String columns of the Native format as they came: a value becomes a JavaScript string when it is asked for.

import { Dictionary } from "./dictionary.ts";
import type { NativeCursor } from "./native-cursor.ts";

/** A column of strings; rows count from 0. */
export interface Strings {
  at(row: number): string | undefined;
}

/** Longer values are statements, paths and messages, which are asked for seldom. */
const SHORT_BYTES = 32;

/** A String column: length and bytes of each value. */
export class PlainStrings implements Strings {
  readonly #bytes: Buffer;
  /** Where each value's bytes start, and behind them where its successor's length does. */
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  /** Short values mostly repeat, and to make a string costs ten times as much as to find it. */
  #short: Dictionary | undefined;
  readonly #texts: string[] = [];

  constructor(cursor: NativeCursor, rows: number) {
    this.#bytes = cursor.bytes;
    this.#starts = new Uint32Array(rows);
    this.#ends = new Uint32Array(rows);
    for (let row = 0; row < rows; row++) {
      const size = cursor.varint();
      this.#starts[row] = cursor.at;
      cursor.skip(size);
      this.#ends[row] = cursor.at;
    }
  }

  at(row: number): string | undefined {
    const start = this.#starts[row];
    if (start === undefined) return undefined;
    const end = this.#ends[row] as number;
    if (start === end) return "";
    if (end - start > SHORT_BYTES) return this.#bytes.toString("utf8", start, end);
    this.#short ??= new Dictionary();
    const index = this.#short.indexOf(this.#bytes, start, end);
    this.#texts[index] ??= this.#bytes.toString("utf8", start, end);
    return this.#texts[index];
  }
}

/** A LowCardinality(String) column: each value once, and its number for every row. */
export class RepeatedStrings implements Strings {
  readonly keys: readonly string[];
  readonly indexes: Uint8Array | Uint16Array | Uint32Array;

  /** Behind the prefix. */
  constructor(cursor: NativeCursor) {
    const width = Number(cursor.uint64() & 0xffn);
    const keys: string[] = [];
    for (let left = Number(cursor.uint64()); left > 0; left--) keys.push(cursor.text());
    this.keys = keys;
    const bytes = cursor.copy(Number(cursor.uint64()) * 2 ** width);
    this.indexes =
      width === 0
        ? new Uint8Array(bytes)
        : width === 1
          ? new Uint16Array(bytes)
          : new Uint32Array(bytes);
  }

  at(row: number): string | undefined {
    const index = this.indexes[row];
    return index === undefined ? undefined : this.keys[index];
  }
}

/** A Map(LowCardinality(String), String) column. */
export interface StringMaps {
  /** One past the last pair of each row. */
  readonly ends: Uint32Array;
  readonly keys: RepeatedStrings | undefined;
  readonly values: PlainStrings;
}
