// Which rows the waterfall shows: all but those under a collapsed row, and with a mask only those in it.

import { at, type TraceColumns } from "./trace-columns.ts";

export function visibleRows(
  columns: TraceColumns,
  collapsed: ReadonlySet<number>,
  mask: Uint8Array | undefined,
): Int32Array {
  const rows = new Int32Array(columns.count);
  let count = 0;
  let row = 0;
  while (row < columns.count) {
    if (mask !== undefined && mask[row] === 0) {
      row++;
      continue;
    }
    rows[count++] = row;
    row = collapsed.has(row) ? at(columns.subtreeEnd, row) : row + 1;
  }
  return rows.subarray(0, count);
}

/** Position of a row among the visible ones, or of the last one before it. */
export function positionOf(visible: Int32Array, row: number): number {
  let low = 0;
  let high = visible.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (at(visible, middle) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function isVisible(visible: Int32Array, row: number): boolean {
  return visible.length > 0 && visible[positionOf(visible, row)] === row;
}

/** Without whatever hides the row. The same set when nothing does. */
export function revealed(
  columns: TraceColumns,
  collapsed: ReadonlySet<number>,
  row: number,
): ReadonlySet<number> {
  let result: Set<number> | undefined;
  for (let above = at(columns.parent, row); above >= 0; above = at(columns.parent, above)) {
    if (collapsed.has(above)) {
      result ??= new Set(collapsed);
      result.delete(above);
    }
  }
  return result ?? collapsed;
}

/** Every row with children at this depth or below it. */
export function collapsedFrom(columns: TraceColumns, depth: number): Set<number> {
  const rows = new Set<number>();
  for (let row = 0; row < columns.count; row++) {
    if (at(columns.depth, row) >= depth && at(columns.subtreeEnd, row) > row + 1) rows.add(row);
  }
  return rows;
}
