// Services that others wait for longer though their own work is unchanged, above one whose work got slower: requests may
// queue before them because they are busy waiting. Times alone do not tell that from a slow network, so it accuses less
// surely and is said.

import type { Accused } from "./accuse.ts";
import { eachCaller } from "./callers.ts";
import { type Cohorts, Side } from "./cohorts.ts";
import type { Places } from "./places.ts";
import type { ServiceCase } from "./suspects.ts";

/** @param leastCost of a suspect that is worth a sentence */
export function queues(
  { cases, rest }: Accused,
  places: Places,
  leastCost: number,
): string | undefined {
  const { services } = rest.columns;
  const heavy = cases.filter(({ cost }) => cost >= leastCost);
  const slow = heavy.find((each) => ownPlaces(each, places).size > 0);
  const candidates = heavy.filter((each) => isOnlyWaitedFor(each, places));
  if (slow === undefined || candidates.length === 0) return undefined;
  const above = servicesAbove(rest, places, ownPlaces(slow, places), slow.service);
  const waitedFor = candidates.find(({ service }) => above.has(service));
  if (waitedFor === undefined) return undefined;
  const [queue, cause] = [services[waitedFor.service], services[slow.service]];
  return `The longer wait for ${queue} may be a queue, a symptom: its own work is as quick as ever, and it waits for ${cause}, whose own work is slower.`;
}

/** Places at which the service's own work got slower. */
function ownPlaces({ service, accusations }: ServiceCase, { all }: Places): ReadonlySet<number> {
  const own = accusations.filter(
    ({ kind, place }) =>
      kind === "latency" && all[place]?.callee === -1 && all[place]?.service === service,
  );
  return new Set(own.map(({ place }) => place));
}

function isOnlyWaitedFor({ service, accusations }: ServiceCase, { all }: Places): boolean {
  return accusations.every(
    ({ kind, place }) => kind === "latency" && all[place]?.callee === service,
  );
}

function servicesAbove(
  { columns, side }: Cohorts,
  { place }: Places,
  below: ReadonlySet<number>,
  self: number,
): ReadonlySet<number> {
  const above = new Set<number>();
  for (let trace = 0; trace < side.length; trace++) {
    if (side[trace] !== Side.incident) continue;
    const isBelow = (row: number): boolean => below.has(place[row] as number);
    eachCaller(columns, trace, self, isBelow, (row) => above.add(columns.service[row] as number));
  }
  return above;
}
