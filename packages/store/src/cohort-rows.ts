// The answer to a statement over whole traces as one set of columns: a trace may lie in two of the answer's blocks.

import { joined } from "./joined-columns.ts";
import { type FixedStrings, type NativeBlock, readNative } from "./native-rows.ts";
import type { RepeatedStrings } from "./native-strings.ts";

/** What puts the spans of a trace in their places, and what they are measured by. */
export interface WholeTraceRows {
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
  readonly service: readonly string[];
}

/** What the statement must select, see {@link readCohortRows}. */
export interface CohortRows extends WholeTraceRows {
  readonly marked: Uint8Array;
  readonly name: readonly string[];
  readonly resource: readonly string[];
}

/**
 * Ordered by id, one row a span: of copies the one that ends last; a server before the client that shares its id. `length`
 * is the statement's own column.
 */
export const WHOLE_TRACE_ORDER: string = `
  order by trace_id, span_id, kind = 2 desc, start_unix_nano + length desc, kind, start_unix_nano
  limit 1 by trace_id, span_id, kind = 2`;

export function readWholeTraceRows(answer: Uint8Array): WholeTraceRows {
  return wholeTraceRows(blocksOf(answer));
}

export function readCohortRows(answer: Uint8Array): CohortRows {
  const blocks = blocksOf(answer);
  return {
    ...wholeTraceRows(blocks),
    marked: joined(Uint8Array, columnsOf(blocks, "marked")),
    name: namesOf(blocks, "name"),
    resource: namesOf(blocks, "resource"),
  };
}

function blocksOf(answer: Uint8Array): NativeBlock[] {
  return [...readNative(answer)].filter(({ rows }) => rows > 0);
}

function wholeTraceRows(blocks: readonly NativeBlock[]): WholeTraceRows {
  const bytes = (name: string): Buffer =>
    Buffer.concat(columnsOf<FixedStrings>(blocks, name).map((strings) => strings.bytes));
  return {
    count: blocks.reduce((sum, { rows }) => sum + rows, 0),
    traceId: bytes("trace_id"),
    spanId: bytes("span_id"),
    parentSpanId: bytes("parent_span_id"),
    start: joined(BigUint64Array, columnsOf(blocks, "start_unix_nano")),
    length: joined(BigUint64Array, columnsOf(blocks, "length")),
    kind: joined(Int32Array, columnsOf(blocks, "kind")),
    errs: joined(Uint8Array, columnsOf(blocks, "errs")),
    service: namesOf(blocks, "service"),
  };
}

function namesOf(blocks: readonly NativeBlock[], name: string): string[] {
  return columnsOf<RepeatedStrings>(blocks, name).flatMap(({ keys, indexes }) =>
    Array.from(indexes, (index) => keys[index] as string),
  );
}

function columnsOf<T>(blocks: readonly NativeBlock[], name: string): T[] {
  return blocks.map(({ columns }) => columns.get(name) as T);
}

const TRACE_ID_BYTES = 16;

/** One past the last row of the trace that begins at `from`. */
export function traceEnd({ traceId, count }: WholeTraceRows, from: number): number {
  const at = from * TRACE_ID_BYTES;
  let to = from + 1;
  while (
    to < count &&
    traceId.compare(
      traceId,
      at,
      at + TRACE_ID_BYTES,
      to * TRACE_ID_BYTES,
      (to + 1) * TRACE_ID_BYTES,
    ) === 0
  ) {
    to++;
  }
  return to;
}
