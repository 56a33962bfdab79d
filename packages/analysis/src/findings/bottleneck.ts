// One service, and in it one operation, holds more than half of the critical path.

import type { BottleneckFacts, Facts } from "../facts.ts";
import { formatNanos, formatShare } from "../format.ts";
import { enclosing, operationOf } from "../naming.ts";
import { byPathNanos, rowsOfOperation } from "../row-groups.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const bottleneck: Finder = { kind: "bottleneck", find };

function find(facts: Facts): readonly Detected[] {
  const found = facts.bottleneck;
  return found === undefined ? [] : [() => describe(facts, found)];
}

function describe(facts: Facts, found: BottleneckFacts): FoundFinding {
  const { trace, rootNanos } = facts;
  const rows = byPathNanos(
    facts,
    rowsOfOperation(trace, found.operation).filter((row) => (facts.pathNanos[row] as number) > 0),
  );
  const row = rows[0] as number;
  const serviceName = trace.services[found.service] as string;
  const rest = rootNanos - found.serviceNanos;
  return {
    row,
    rows,
    evidence: `${serviceName} held ${formatNanos(found.serviceNanos)} of ${formatNanos(rootNanos)} (${formatShare(found.share)}) of the critical path, ${formatNanos(found.operationNanos)} of it in ${trace.spans[row]?.name}${enclosing(trace, row)}`,
    drags: true,
    savingLimitNanos: found.operationNanos,
    recommendation: `Start with ${operationOf(trace, row)}: all that is not ${serviceName} takes ${formatNanos(rest)} of this trace.`,
  };
}
