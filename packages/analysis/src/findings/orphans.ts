// Spans whose parent never arrived: the trace is not whole.

import type { Facts } from "../facts.ts";
import { formatNanos } from "../format.ts";
import { operationOf } from "../naming.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const orphans: Finder = { kind: "orphans", find };

function find(facts: Facts): readonly Detected[] {
  return facts.trace.orphans.length === 0 ? [] : [() => describe(facts)];
}

function describe(facts: Facts): FoundFinding {
  const { trace } = facts;
  const rows = [...trace.orphans].sort(
    (a, b) => (trace.durationNanos[b] as number) - (trace.durationNanos[a] as number) || a - b,
  );
  const row = rows[0] as number;
  const below = rows.reduce((sum, at) => sum + (trace.subtreeEnd[at] as number) - at, 0);
  const points = rows.length === 1 ? "1 span points" : `${rows.length} spans point`;
  const rootIsOrphan = trace.orphans.includes(0);
  const effect = rootIsOrphan
    ? "the true root is missing, and all figures are of the part that arrived"
    : `${below} of ${trace.spans.length} spans are therefore off the critical path, and their time counts for whoever waited for them`;
  return {
    row,
    rows,
    evidence: `${points} to a parent that never arrived, the longest ${operationOf(trace, row)} with ${formatNanos(trace.durationNanos[row] as number)}; ${effect}`,
    drags: false,
    recommendation: `See that the caller of ${operationOf(trace, row)} exports all of its spans: flush at shutdown, and look for dropped spans and for sampling that differs between services.`,
  };
}
