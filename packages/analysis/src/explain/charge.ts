// Whose fault is a slow call: the caller's or the callee's?
//
// A service in trouble shows it in all of its places: its own work, the calls to it and the calls that it makes. So each
// side is judged by the share of its places that got slower, by Laplace's rule of succession, which believes a share of
// many places more than one of a few. Ties are the callee's, whose network or queue it is then.

import type { Excess } from "./excess.ts";
import { credibility } from "./excess.ts";
import type { Place } from "./places.ts";

/** The service that each place's excess is charged to. */
export function chargedServices(
  places: readonly Place[],
  excess: readonly Excess[],
  halfAt: number,
): Int32Array {
  const sites = new Map<number, Map<number, number>>();
  const show = (service: number, site: number, shift: number): void => {
    let of = sites.get(service);
    if (of === undefined) {
      of = new Map();
      sites.set(service, of);
    }
    of.set(site, Math.max(of.get(site) ?? 0, credibility(shift, halfAt)));
  };
  for (let i = 0; i < places.length; i++) {
    const { service, callee } = places[i] as Place;
    const { shift } = excess[i] as Excess;
    if (callee < 0) show(service, -1, shift);
    else {
      show(service, callee, shift);
      show(callee, service, shift);
    }
  }
  const shareOf = (service: number): number => {
    const of = sites.get(service) ?? new Map<number, number>();
    let slower = 0;
    for (const share of of.values()) slower += share;
    return (slower + 1) / (of.size + 2);
  };
  return Int32Array.from(places, ({ service, callee }) =>
    callee < 0 || shareOf(service) > shareOf(callee) ? service : callee,
  );
}
