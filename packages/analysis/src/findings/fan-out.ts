// One span calls the same callee many times at once: queries and remote calls alike.

import { Role } from "../call-columns.ts";
import { CLOCK_GRAIN_NANOS, callsOf, endOf, sumNanos } from "../call-sequence.ts";
import type { Facts } from "../facts.ts";
import { formatNanos } from "../format.ts";
import { operationOf } from "../naming.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const fanOut: Finder = { kind: "fan-out", find };

interface Fan {
  readonly caller: number;
  readonly callee: string;
  readonly rows: readonly number[];
  readonly atOnce: number;
}

function find(facts: Facts): readonly Detected[] {
  const { calls, thresholds } = facts;
  const fans: Fan[] = [];
  for (const caller of calls.callers) {
    if ((calls.callCount[caller] as number) < thresholds.fanOutCount) continue;
    const rows = callsOf(facts, caller, "any").flatMap(({ row }) => (row < 0 ? [] : [row]));
    // Of all together first: names of callees cost more.
    if (mostAtOnce(facts, rows) < thresholds.fanOutCount) continue;
    for (const [callee, called] of Map.groupBy(rows, (row) => calleeOf(facts, row))) {
      const atOnce = mostAtOnce(facts, called);
      if (atOnce >= thresholds.fanOutCount) fans.push({ caller, callee, rows: called, atOnce });
    }
  }
  fans.sort((a, b) => b.atOnce - a.atOnce || a.caller - b.caller);
  return fans.map((fan) => () => describe(facts, fan));
}

function calleeOf({ callees, calls }: Facts, row: number): string {
  return calls.role[row] === Role.query ? `${callees.nameOf(row)} ` : callees.nameOf(row);
}

/** Counted from a grain of the clock after each start, so that calls which followed one another never count together. */
function mostAtOnce({ trace }: Facts, all: readonly number[]): number {
  const startOf = (row: number): number => (trace.startNanos[row] as number) + CLOCK_GRAIN_NANOS;
  const rows = all.filter((row) => startOf(row) < endOf(trace, row));
  const starts = Float64Array.from(rows, startOf).sort();
  const ends = Float64Array.from(rows, (row) => endOf(trace, row)).sort();
  let open = 0;
  let most = 0;
  let closed = 0;
  for (const start of starts) {
    while (closed < ends.length && (ends[closed] as number) <= start) {
      closed++;
      open--;
    }
    open++;
    if (open > most) most = open;
  }
  return most;
}

function describe({ trace, callees }: Facts, { caller, rows, atOnce }: Fan): FoundFinding {
  const place = operationOf(trace, caller);
  const name = callees.nameOf(rows[0] as number);
  const lastEnd = rows.reduce((last, row) => Math.max(last, endOf(trace, row)), 0);
  const elapsed = lastEnd - (trace.startNanos[rows[0] as number] as number);
  return {
    row: caller,
    rows,
    evidence: `${place} called ${name} ${rows.length} times, up to ${atOnce} at once, ${formatNanos(sumNanos(trace, rows))} of calls within ${formatNanos(elapsed)}`,
    drags: true,
    recommendation: `Let ${place} ask ${name} for all of it in one call, or limit how many calls it makes at once: each takes a connection and a worker there.`,
  };
}
