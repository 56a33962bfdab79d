// Reads what the engine answers: blocks of columns in the Native format, one after the other.
// https://clickhouse.com/docs/interfaces/formats/Native. Only the types that our own statements select.

import type { Engine } from "./engine.ts";

export type Column =
  | readonly string[]
  | readonly (readonly (readonly [string, string])[])[]
  | readonly BigUint64Array[]
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

  constructor(bytes: Buffer, size: number) {
    this.#bytes = bytes;
    this.#size = size;
  }

  /** All rows, one after the other. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  hex(row: number): string {
    return this.#bytes.toString("hex", row * this.#size, (row + 1) * this.#size);
  }
}

export function* readNative(bytes: Uint8Array): Generator<NativeBlock> {
  const cursor = new Cursor(bytes);
  while (!cursor.done) {
    const columnCount = cursor.varint();
    const rows = cursor.varint();
    const columns = new Map<string, Column>();
    for (let i = 0; i < columnCount; i++) {
      const name = cursor.text();
      const type = cursor.text();
      columns.set(name, rows === 0 ? [] : readColumn(cursor, type, rows));
    }
    yield { rows, columns };
  }
}

/** For small answers: an object a row. Numbers of 64 bits are bigint. */
export async function selectRows(
  engine: Engine,
  sql: string,
): Promise<Record<string, string | number | bigint>[]> {
  const answer: Record<string, string | number | bigint>[] = [];
  for (const { rows, columns } of readNative(await engine.select(sql))) {
    for (let row = 0; row < rows; row++) {
      const object: Record<string, string | number | bigint> = {};
      for (const [name, column] of columns) {
        const cell = column instanceof FixedStrings ? column.hex(row) : column[row];
        if (typeof cell === "object" || cell === undefined) throw new Error(`${name} is no scalar`);
        object[name] = cell;
      }
      answer.push(object);
    }
  }
  return answer;
}

function readColumn(cursor: Cursor, type: string, rows: number): Column {
  switch (type) {
    case "String":
      return readStrings(cursor, rows);
    case "LowCardinality(String)":
      cursor.skip(8);
      return readLowCardinality(cursor);
    case "Map(LowCardinality(String), String)": {
      cursor.skip(8);
      const ends = new BigUint64Array(cursor.copy(rows * 8));
      const count = Number(ends[rows - 1]);
      const keys = count === 0 ? [] : readLowCardinality(cursor);
      const values = readStrings(cursor, count);
      const maps: (readonly [string, string])[][] = [];
      let at = 0;
      for (let row = 0; row < rows; row++) {
        const pairs: (readonly [string, string])[] = [];
        for (const end = Number(ends[row]); at < end; at++) {
          pairs.push([keys[at] as string, values[at] as string]);
        }
        maps.push(pairs);
      }
      return maps;
    }
    case "Array(UInt64)": {
      const ends = new BigUint64Array(cursor.copy(rows * 8));
      const values = new BigUint64Array(cursor.copy(Number(ends[rows - 1]) * 8));
      return Array.from(ends, (end, row) =>
        values.subarray(Number(ends[row - 1] ?? 0), Number(end)),
      );
    }
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

function readStrings(cursor: Cursor, rows: number): string[] {
  const strings: string[] = [];
  for (let row = 0; row < rows; row++) strings.push(cursor.text());
  return strings;
}

function readLowCardinality(cursor: Cursor): string[] {
  const width = Number(cursor.uint64() & 0xffn);
  const keys = readStrings(cursor, Number(cursor.uint64()));
  const rows = Number(cursor.uint64());
  const bytes = cursor.copy(rows * 2 ** width);
  const indexes =
    width === 0
      ? new Uint8Array(bytes)
      : width === 1
        ? new Uint16Array(bytes)
        : new Uint32Array(bytes);
  const strings: string[] = [];
  for (const index of indexes) strings.push(keys[index] as string);
  return strings;
}

class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes.readUInt8(this.#at++);
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  uint64(): bigint {
    const value = this.#bytes.readBigUInt64LE(this.#at);
    this.#at += 8;
    return value;
  }

  text(): string {
    const size = this.varint();
    const start = this.#at;
    this.#at += size;
    return this.#bytes.toString("utf8", start, this.#at);
  }

  skip(sizeBytes: number): void {
    this.#at += sizeBytes;
  }

  /** A copy, so that typed arrays stand on their own aligned memory. */
  copy(sizeBytes: number): ArrayBuffer {
    const start = this.#bytes.byteOffset + this.#at;
    this.#at += sizeBytes;
    return this.#bytes.buffer.slice(start, start + sizeBytes) as ArrayBuffer;
  }
}
