// A service's time on the critical path is over the limit.

import type { DurationNanos } from "@culprit/trace-model";
import type { Facts } from "../facts.ts";
import { formatLimit, formatNanos } from "../format.ts";
import { operationOf } from "../naming.ts";
import { byPathNanos } from "../row-groups.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const slowService: Finder = { kind: "slow-service", find };

function find(facts: Facts): readonly Detected[] {
  const { trace, thresholds } = facts;
  const times = facts.figures.services.criticalPathNanos;
  if (!times.some((nanos) => nanos > thresholds.slowServiceNanos)) return [];
  const rowsOf = Map.groupBy(new Set(facts.path.row), (row) => trace.service[row] as number);
  return trace.services
    .map((name, service) => ({ name, service, nanos: times[service] as number }))
    .filter(({ nanos }) => nanos > thresholds.slowServiceNanos)
    .sort((a, b) => b.nanos - a.nanos || (a.name < b.name ? -1 : 1))
    .map(
      ({ name, service, nanos }) =>
        () =>
          describe(facts, name, rowsOf.get(service) ?? [], nanos),
    );
}

function describe(
  facts: Facts,
  name: string,
  onPath: readonly number[],
  nanos: DurationNanos,
): FoundFinding {
  const { trace, thresholds, figures } = facts;
  const operationNanosOf = (row: number): number =>
    figures.operations.criticalPathNanos[trace.operation[row] as number] as number;
  // Those of the service's largest operation first.
  const rows = byPathNanos(facts, onPath).sort((a, b) => operationNanosOf(b) - operationNanosOf(a));
  const row = rows[0] as number;
  return {
    row,
    rows,
    evidence: `${name} held ${formatNanos(nanos)} of the critical path, over the limit of ${formatLimit(thresholds.slowServiceNanos)}; ${formatNanos(operationNanosOf(row))} of it in ${trace.spans[row]?.name}`,
    drags: true,
    savingLimitNanos: nanos,
    recommendation: `Make ${name} faster, first ${operationOf(trace, row)}.`,
  };
}
