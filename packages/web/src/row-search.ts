// Search inside a trace. Names repeat, so each is looked at once and then the rows by number.

import { at, STATUS_ERROR, type TraceColumns } from "./trace-columns.ts";

export interface RowMatches {
  readonly rows: Int32Array;
  readonly mask: Uint8Array;
}

/** Rows whose service or operation holds every word typed; a whole span id finds that span. undefined: nothing typed. */
export function matchingRows(columns: TraceColumns, typed: string): RowMatches | undefined {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return undefined;
  const inServices = words.map((word) => holding(columns.services, word));
  const inOperations = words.map((word) => holding(columns.operations, word));
  const byId = words.length === 1 ? columns.rowOf(words[0] ?? "") : undefined;
  return collect(columns.count, (row) => {
    if (row === byId) return true;
    const service = at(columns.service, row);
    const operation = at(columns.operation, row);
    return words.every(
      (_, word) => inServices[word]?.[service] === 1 || inOperations[word]?.[operation] === 1,
    );
  });
}

export function errorRows(columns: TraceColumns): Int32Array {
  return collect(columns.count, (row) => columns.status[row] === STATUS_ERROR).rows;
}

/** The next of sorted rows after (or before) one, around the end. undefined when there is none. */
export function nextRow(
  rows: Int32Array,
  from: number | undefined,
  backwards: boolean,
): number | undefined {
  if (rows.length === 0) return undefined;
  if (backwards) {
    const before = from === undefined ? undefined : rows.findLast((row) => row < from);
    return before ?? rows[rows.length - 1];
  }
  const after = from === undefined ? undefined : rows.find((row) => row > from);
  return after ?? rows[0];
}

function holding(names: readonly string[], word: string): Uint8Array {
  return Uint8Array.from(names, (name) => (name.toLowerCase().includes(word) ? 1 : 0));
}

function collect(count: number, wanted: (row: number) => boolean): RowMatches {
  const rows = new Int32Array(count);
  const mask = new Uint8Array(count);
  let found = 0;
  for (let row = 0; row < count; row++) {
    if (!wanted(row)) continue;
    rows[found++] = row;
    mask[row] = 1;
  }
  return { rows: rows.slice(0, found), mask };
}
