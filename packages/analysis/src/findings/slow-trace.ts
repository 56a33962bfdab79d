// The root took longer than the limit.

import type { Facts } from "../facts.ts";
import { formatLimit, formatNanos, formatShare } from "../format.ts";
import { operationOf } from "../naming.ts";
import { byPathNanos } from "../row-groups.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const slowTrace: Finder = { kind: "slow-trace", find };

function find(facts: Facts): readonly Detected[] {
  return facts.rootNanos > facts.thresholds.slowTraceNanos ? [() => describe(facts)] : [];
}

function describe(facts: Facts): FoundFinding {
  const { trace, rootNanos, thresholds } = facts;
  const limit = thresholds.slowTraceNanos;
  const onPath = new Set(facts.path.row);
  const longest = byPathNanos(facts, [...onPath])[0] ?? 0;
  const nanos = facts.pathNanos[longest] as number;
  return {
    row: 0,
    rows: [0],
    evidence: `${operationOf(trace, 0)} took ${formatNanos(rootNanos)}, over the limit of ${formatLimit(limit)}; the longest part of it, ${formatNanos(nanos)} (${formatShare(nanos / rootNanos)}), was ${operationOf(trace, longest)}`,
    drags: false,
    recommendation: `To bring ${operationOf(trace, 0)} under ${formatLimit(limit)}, ${formatNanos(rootNanos - limit)} must go; look first at ${operationOf(trace, longest)}.`,
  };
}
