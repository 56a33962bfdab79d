// Reads what the engine answers: blocks of columns in the Native format, one after the other.
// https://clickhouse.com/docs/interfaces/formats/Native. Only the types that our own statements select.

import type { Engine } from "./engine.ts";
import { NativeCursor } from "./native-cursor.ts";
import { PlainStrings, RepeatedStrings, type StringMaps } from "./native-strings.ts";

export type Column =
  | PlainStrings
  | RepeatedStrings
  | StringMaps
  | readonly (readonly string[])[]
  | readonly NumberArray[]
  | BigUint64Array
  | BigInt64Array
  | Uint32Array
  | Int32Array
  | Uint8Array
  | FixedStrings;

export interface NativeBlock {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, Column>;
}

/** A FixedString column: `size` bytes a row. */
export class FixedStrings {
  readonly #bytes: Buffer;
  readonly #size: number;
  #hex: string | undefined;
  #words: Int32Array | undefined;

  constructor(bytes: Buffer, size: number) {
    this.#bytes = bytes;
    this.#size = size;
  }

  /** All rows, one after the other. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** The same, four bytes a word. */
  get words(): Int32Array {
    this.#words ??= new Int32Array(this.#bytes.buffer, this.#bytes.byteOffset);
    return this.#words;
  }

  hex(row: number): string {
    const digits = this.#size * 2;
    // All at once: a slice of a long string costs a tenth of a string of its own.
    this.#hex ??= this.#bytes.toString("hex");
    return this.#hex.slice(row * digits, (row + 1) * digits);
  }

  /** Whether two rows hold the same bytes. */
  equal(a: number, b: number): boolean {
    const size = this.#size;
    for (let i = 0; i < size; i++) {
      if (this.#bytes[a * size + i] !== this.#bytes[b * size + i]) return false;
    }
    return true;
  }

  isZero(row: number): boolean {
    const size = this.#size;
    for (let i = row * size; i < (row + 1) * size; i++) if (this.#bytes[i] !== 0) return false;
    return true;
  }
}

export function* readNative(bytes: Uint8Array): Generator<NativeBlock> {
  const cursor = new NativeCursor(bytes);
  while (!cursor.done) {
    const columnCount = cursor.varint();
    const rows = cursor.varint();
    const columns = new Map<string, Column>();
    for (let i = 0; i < columnCount; i++) {
      const name = cursor.text();
      const type = cursor.text();
      columns.set(name, rows === 0 ? new Uint8Array() : readColumn(cursor, type, rows));
    }
    yield { rows, columns };
  }
}

/** For small answers: an object a row. Numbers of 64 bits are bigint. */
export async function selectRows(
  engine: Pick<Engine, "select">,
  sql: string,
): Promise<Record<string, string | number | bigint>[]> {
  const answer: Record<string, string | number | bigint>[] = [];
  for (const { rows, columns } of readNative(await engine.select(sql))) {
    for (let row = 0; row < rows; row++) {
      const object: Record<string, string | number | bigint> = {};
      for (const [name, column] of columns) {
        const cell = cellAt(column, row);
        if (typeof cell !== "string" && typeof cell !== "number" && typeof cell !== "bigint") {
          throw new Error(`${name} is no scalar`);
        }
        object[name] = cell;
      }
      answer.push(object);
    }
  }
  return answer;
}

function cellAt(column: Column, row: number): unknown {
  if (column instanceof FixedStrings) return column.hex(row);
  return "at" in column ? column.at(row) : undefined;
}

function readColumn(cursor: NativeCursor, type: string, rows: number): Column {
  switch (type) {
    case "String":
      return new PlainStrings(cursor, rows);
    case "LowCardinality(String)":
      cursor.skip(8);
      return new RepeatedStrings(cursor);
    case "Map(LowCardinality(String), String)": {
      cursor.skip(8);
      const ends = Uint32Array.from(new BigUint64Array(cursor.copy(rows * 8)), Number);
      const count = ends[rows - 1] as number;
      const keys = count === 0 ? undefined : new RepeatedStrings(cursor);
      return { ends, keys, values: new PlainStrings(cursor, count) };
    }
    case "Array(LowCardinality(String))": {
      cursor.skip(8);
      const ends = new BigUint64Array(cursor.copy(rows * 8));
      const values = ends[rows - 1] === 0n ? undefined : new RepeatedStrings(cursor);
      return readArrays(ends, (from, to) =>
        Array.from({ length: to - from }, (_, i) => values?.at(from + i) as string),
      );
    }
    case "Array(UInt64)":
      return readNumberArrays(cursor, rows, BigUint64Array);
    case "Array(UInt16)":
      return readNumberArrays(cursor, rows, Uint16Array);
    case "Array(Float64)":
      return readNumberArrays(cursor, rows, Float64Array);
    case "UInt64":
      return new BigUint64Array(cursor.copy(rows * 8));
    case "Int64":
      return new BigInt64Array(cursor.copy(rows * 8));
    case "UInt32":
      return new Uint32Array(cursor.copy(rows * 4));
    case "Int32":
      return new Int32Array(cursor.copy(rows * 4));
    case "UInt8":
      return new Uint8Array(cursor.copy(rows));
    default: {
      const size = /^FixedString\((\d+)\)$/.exec(type)?.[1];
      if (size === undefined) throw new Error(`no reader for a column of type ${type}`);
      return new FixedStrings(Buffer.from(cursor.copy(rows * Number(size))), Number(size));
    }
  }
}

type NumberArray = BigUint64Array | Uint16Array | Float64Array;

function readNumberArrays<T extends NumberArray>(
  cursor: NativeCursor,
  rows: number,
  Kind: { new (bytes: ArrayBuffer): T; readonly BYTES_PER_ELEMENT: number },
): T[] {
  const ends = new BigUint64Array(cursor.copy(rows * 8));
  const values = new Kind(cursor.copy(Number(ends[rows - 1]) * Kind.BYTES_PER_ELEMENT));
  return readArrays(ends, (from, to) => values.subarray(from, to) as T);
}

function readArrays<T>(ends: BigUint64Array, slice: (from: number, to: number) => T): T[] {
  return Array.from(ends, (end, row) => slice(Number(ends[row - 1] ?? 0n), Number(end)));
}
