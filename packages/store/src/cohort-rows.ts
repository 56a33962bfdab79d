// The answer to a statement over whole traces as one set of columns: a trace may lie in two of the answer's blocks.

import { type FixedStrings, type NativeBlock, readNative } from "./native-rows.ts";
import type { RepeatedStrings } from "./native-strings.ts";

/** What the statement must select, see {@link readCohortRows}. */
export interface CohortRows {
  readonly count: number;
  /** 16 bytes a row. */
  readonly traceId: Buffer;
  /** 8 bytes a row. */
  readonly spanId: Buffer;
  readonly parentSpanId: Buffer;
  readonly start: BigUint64Array;
  readonly length: BigUint64Array;
  readonly kind: Int32Array;
  readonly errs: Uint8Array;
  readonly marked: Uint8Array;
  readonly service: readonly string[];
  readonly name: readonly string[];
  readonly resource: readonly string[];
}

export function readCohortRows(answer: Uint8Array): CohortRows {
  const blocks = [...readNative(answer)].filter(({ rows }) => rows > 0);
  const of = <T>(name: string): T[] => blocks.map((block) => columnOf<T>(block, name));
  const bytes = (name: string): Buffer =>
    Buffer.concat(of<FixedStrings>(name).map((strings) => strings.bytes));
  const names = (name: string): string[] =>
    of<RepeatedStrings>(name).flatMap(({ keys, indexes }) =>
      Array.from(indexes, (index) => keys[index] as string),
    );
  return {
    count: blocks.reduce((sum, { rows }) => sum + rows, 0),
    traceId: bytes("trace_id"),
    spanId: bytes("span_id"),
    parentSpanId: bytes("parent_span_id"),
    start: joined(BigUint64Array, of("start_unix_nano")),
    length: joined(BigUint64Array, of("length")),
    kind: joined(Int32Array, of("kind")),
    errs: joined(Uint8Array, of("errs")),
    marked: joined(Uint8Array, of("marked")),
    service: names("service"),
    name: names("name"),
    resource: names("resource"),
  };
}

function columnOf<T>({ columns }: NativeBlock, name: string): T {
  return columns.get(name) as T;
}

interface Joinable {
  readonly length: number;
  set(other: this, at: number): void;
}

function joined<T extends Joinable>(Kind: new (length: number) => T, parts: readonly T[]): T {
  const all = new Kind(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
