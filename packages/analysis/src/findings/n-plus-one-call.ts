// One route of one callee, called again and again, one call after the other. Overlapping calls are a fan-out.

import { type RepeatedRun, repeatedRuns } from "../call-sequence.ts";
import type { Facts } from "../facts.ts";
import { formatNanos } from "../format.ts";
import { operationOf } from "../naming.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const nPlusOneCall: Finder = { kind: "n-plus-one-call", find };

function find(facts: Facts): readonly Detected[] {
  const { nPlusOneCallCount, nPlusOneCallNanos } = facts.thresholds;
  const keyOf = (row: number): string => facts.callees.operationKey(row);
  return repeatedRuns(facts, "call", keyOf, nPlusOneCallCount, nPlusOneCallNanos).map(
    (run) => () => describe(facts, run),
  );
}

function describe({ trace, callees }: Facts, run: RepeatedRun): FoundFinding {
  const { caller, rows, nanos } = run;
  const first = rows[0] as number;
  const called = `${callees.nameOf(first)} / ${callees.routeOf(first)}`;
  const place = operationOf(trace, caller);
  const most = rows.reduce((max, row) => Math.max(max, trace.durationNanos[row] as number), 0);
  return {
    row: caller,
    rows,
    evidence: `${place} called ${called} ${rows.length} times, one after the other, ${formatNanos(nanos)} together`,
    drags: true,
    savingLimitNanos: nanos - most,
    recommendation: `Give ${called} a form that takes all ${rows.length} at once and let ${place} call it once, or let the calls overlap.`,
  };
}
