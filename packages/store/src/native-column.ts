// Columns in ClickHouse's Native format: a block is its numbers of columns and rows, then each column's name, type and
// data. https://clickhouse.com/docs/interfaces/formats/Native

import { ByteColumn } from "./byte-column.ts";
import type { Dictionary } from "./dictionary.ts";

export interface NativeColumn {
  readonly name: string;
  /** As ClickHouse spells it. */
  readonly type: string;
  /** The data, in pieces that follow each other. */
  readonly chunks: readonly Uint8Array[];
}

/** Version of the dictionary's encoding ("single dictionary with additional keys"), the column's prefix. */
const KEYS_VERSION = 1;
/** Additional keys follow, and they replace what the reader had. */
const KEYS_FLAGS = (1 << 9) | (1 << 10);

/** First the prefix, then the body. */
export function lowCardinality(values: Dictionary, indexes: Uint32Array): Uint8Array[] {
  const width = values.size <= 0x100 ? 0 : values.size <= 0x10000 ? 1 : 2;
  const prefix = new ByteColumn(8);
  prefix.putUint64(KEYS_VERSION, 0);
  const head = new ByteColumn(16);
  head.putUint64(KEYS_FLAGS | width, 0);
  head.putUint64(values.size, 0);
  const count = new ByteColumn(8);
  count.putUint64(indexes.length, 0);
  const narrow =
    width === 0 ? new Uint8Array(indexes) : width === 1 ? new Uint16Array(indexes) : indexes;
  return [
    prefix.view(),
    head.view(),
    values.keys.view(),
    count.view(),
    new Uint8Array(narrow.buffer, narrow.byteOffset, narrow.byteLength),
  ];
}

/** A whole block as pieces to write one after the other; nothing is copied. */
export function nativeBlock(columns: readonly NativeColumn[], rows: number): Uint8Array[] {
  const encoder = new TextEncoder();
  const head = new ByteColumn(16);
  head.putVarint(columns.length);
  head.putVarint(rows);
  const pieces: Uint8Array[] = [head.view()];
  for (const { name, type, chunks } of columns) {
    const title = new ByteColumn(64);
    for (const text of [name, type]) {
      const bytes = encoder.encode(text);
      title.putString(bytes, 0, bytes.length);
    }
    pieces.push(title.view(), ...chunks);
  }
  return pieces;
}
