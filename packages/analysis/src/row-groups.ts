// Rows picked, ordered and grouped.

import type { Trace } from "@culprit/trace-model";
import type { Facts } from "./facts.ts";

export function rowsOfOperation(trace: Trace, operation: number): number[] {
  const rows: number[] = [];
  trace.operation.forEach((number, row) => {
    if (number === operation) rows.push(row);
  });
  return rows;
}

/** Rows by their time on the critical path, then as they come in the trace. */
export function byPathNanos(facts: Facts, rows: readonly number[]): number[] {
  const { pathNanos } = facts;
  return [...rows].sort((a, b) => (pathNanos[b] as number) - (pathNanos[a] as number) || a - b);
}

/** Rows grouped by operation, in the order of their first row. */
export function byOperation(facts: Facts, rows: Iterable<number>): number[][] {
  let groups: Map<number, number[]> | undefined;
  for (const row of rows) {
    groups ??= new Map();
    const operation = facts.trace.operation[row] as number;
    const group = groups.get(operation);
    if (group === undefined) groups.set(operation, [row]);
    else group.push(row);
  }
  return groups === undefined ? [] : [...groups.values()];
}
