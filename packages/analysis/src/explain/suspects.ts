// Accusations into suspects: one a service, at the operation that weighs most, the service that costs most first.

import type { Suspect, SuspectFigures } from "@culprit/api";
import type { Accusation } from "./accusation.ts";
import { type Cohorts, Side } from "./cohorts.ts";
import { type EvidenceParts, evidenceOf } from "./evidence.ts";
import type { Place, Places } from "./places.ts";
import { quantile } from "./robust.ts";

/** What the list says at most: the tenth suspect has been nobody's culprit. */
const MAX_SUSPECTS = 10;
/** Below a hundredth of the first, nothing is worth a look at two in the morning. */
const MIN_SHARE_OF_FIRST = 0.01;

/** A thousandth of a trace is nothing that anybody waits for, however clear it is. */
const MIN_COST = 0.001;

export interface ServiceCase {
  readonly service: number;
  readonly cost: number;
  /** The heaviest first. */
  readonly accusations: readonly Accusation[];
}

export function casesByService(accusations: readonly Accusation[]): ServiceCase[] {
  const cases = [...Map.groupBy(accusations, ({ service }) => service)].map(([service, all]) => ({
    service,
    cost: all.reduce((sum, { cost }) => sum + cost, 0),
    accusations: all.toSorted((a, b) => b.cost - a.cost || a.place - b.place),
  }));
  cases.sort((a, b) => b.cost - a.cost || a.service - b.service);
  const least = Math.max(MIN_COST, (cases[0]?.cost ?? 0) * MIN_SHARE_OF_FIRST);
  return cases.filter(({ cost }) => cost >= least).slice(0, MAX_SUSPECTS);
}

export function suspectsOf(
  cases: readonly ServiceCase[],
  cohorts: Cohorts,
  places: Places,
  times: Float64Array,
  origins: Uint8Array,
): Suspect[] {
  const { columns } = cohorts;
  return cases.flatMap(({ service, cost, accusations }, index) => {
    const [first] = accusations;
    if (first === undefined) return [];
    const place = places.all[first.place] as Place;
    const figures = (side: Side): SuspectFigures =>
      figuresOf(cohorts, places, times, origins, first.place, side);
    const isCallee = service === place.callee;
    const parts: EvidenceParts = {
      kind: first.kind,
      service: columns.services[service] as string,
      operation: columns.operations[isCallee ? place.calleeOperation : place.operation] as string,
      caller: place.callee < 0 ? undefined : (columns.services[place.service] as string),
      callee: place.callee < 0 ? undefined : (columns.services[place.callee] as string),
      baseline: figures(Side.baseline),
      incident: figures(Side.incident),
      isUnanswered: first.isUnanswered === true,
      otherPlaces: accusations.length - 1,
    };
    return {
      rank: index + 1,
      service: parts.service,
      operation: parts.operation,
      score: Number(cost.toPrecision(4)),
      kind: first.kind,
      baseline: parts.baseline,
      incident: parts.incident,
      evidence: evidenceOf(parts),
      exampleTraceIds: first.examples().map((trace) => columns.traceIds[trace] as string),
    };
  });
}

function figuresOf(
  { columns, side }: Cohorts,
  places: Places,
  times: Float64Array,
  origins: Uint8Array,
  place: number,
  of: Side,
): SuspectFigures {
  const nanos: number[] = [];
  let errors = 0;
  for (let trace = 0; trace < side.length; trace++) {
    if (side[trace] !== of) continue;
    const end = columns.firstRow[trace + 1] as number;
    for (let row = columns.firstRow[trace] as number; row < end; row++) {
      if (places.place[row] !== place) continue;
      nanos.push(times[row] as number);
      errors += origins[row] as number;
    }
  }
  if (nanos.length === 0) return { count: 0, p50Nanos: 0, p95Nanos: 0, errorShare: 0 };
  const sorted = Float64Array.from(nanos).sort();
  return {
    count: nanos.length,
    p50Nanos: Math.round(quantile(sorted, 0.5)),
    p95Nanos: Math.round(quantile(sorted, 0.95)),
    errorShare: errors / nanos.length,
  };
}
