// Self time of one span: its duration without the union of its children clipped to it. Children of a row come in order of
// start, so one pass over the subtree's direct children is enough.

import { at, type TraceColumns } from "./trace-columns.ts";

export function selfNanos(columns: TraceColumns, row: number): number {
  const start = at(columns.start, row);
  const end = start + at(columns.duration, row);
  let covered = 0;
  let until = start;
  let child = row + 1;
  while (child < at(columns.subtreeEnd, row)) {
    const from = Math.max(at(columns.start, child), until);
    const to = Math.min(at(columns.start, child) + at(columns.duration, child), end);
    if (to > from) {
      covered += to - from;
      until = to;
    }
    child = at(columns.subtreeEnd, child);
  }
  return end - start - covered;
}
