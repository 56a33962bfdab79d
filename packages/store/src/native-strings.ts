// String columns of the Native format as they came: a value becomes a JavaScript string when it is asked for.

import { Dictionary } from "./dictionary.ts";
import { NativeCursor } from "./native-cursor.ts";

/** A column of strings; rows count from 0. */
export interface Strings {
  at(row: number): string | undefined;
}

/** Longer values are statements, paths and messages, which are asked for seldom. */
const SHORT_BYTES = 32;

/** A String column: length and bytes of each value. */
export class PlainStrings implements Strings {
  /** Stands anywhere. */
  readonly #cursor: NativeCursor;
  /** Where each value's length lies. */
  readonly #places: Uint32Array;
  /** Short values mostly repeat, and to make a string costs ten times as much as to find it. */
  #short: Dictionary | undefined;
  readonly #texts: string[] = [];

  constructor(cursor: NativeCursor, rows: number) {
    this.#cursor = new NativeCursor(cursor.bytes);
    this.#places = new Uint32Array(rows);
    for (let row = 0; row < rows; row++) {
      this.#places[row] = cursor.at;
      cursor.skip(cursor.varint());
    }
  }

  at(row: number): string | undefined {
    const cursor = this.#cursor;
    const place = this.#places[row];
    if (place === undefined) return undefined;
    cursor.at = place;
    const size = cursor.varint();
    if (size === 0) return "";
    const { bytes, at: start } = cursor;
    const end = start + size;
    if (size > SHORT_BYTES) return bytes.toString("utf8", start, end);
    this.#short ??= new Dictionary();
    const index = this.#short.indexOf(bytes, start, end);
    this.#texts[index] ??= bytes.toString("utf8", start, end);
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
