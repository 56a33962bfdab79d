// Whose fault is a slow call: the caller's or the callee's?
//
// The time is the network's or the callee's queue, so it is the callee's, unless the caller is slow elsewhere, too: a caller
// in trouble shows it in its own work, in its other calls and in what others wait for it. It is charged when more than a
// quarter of these other places got slower, and a larger part than of the callee's other places.

import { credibility, type Excess } from "./excess.ts";
import type { Place } from "./places.ts";

/** The service that each place's excess is charged to. */
export function chargedServices(
  places: readonly Place[],
  excess: readonly Excess[],
  { halfAt, callerShare }: { readonly halfAt: number; readonly callerShare: number },
): Int32Array {
  const sites = new Map<number, Sites>();
  const sitesOf = (service: number): Sites => {
    const known = sites.get(service) ?? new Sites();
    sites.set(service, known);
    return known;
  };
  for (let i = 0; i < places.length; i++) {
    const { service, callee } = places[i] as Place;
    const slower = credibility((excess[i] as Excess).shift, halfAt);
    sitesOf(service).show(callee, slower);
    if (callee >= 0) sitesOf(callee).show(service, slower);
  }
  return Int32Array.from(places, ({ service, callee }) => {
    if (callee < 0) return service;
    const caller = sitesOf(service).shareWithout(callee);
    return caller > callerShare && caller > sitesOf(callee).shareWithout(service)
      ? service
      : callee;
  });
}

/** Where a service could show that it is slow: towards each of its neighbours, and (-1) in its own work. */
class Sites {
  readonly #slower = new Map<number, number>();

  /** @param slower from 0 to 1; of several places of a site the slowest counts */
  show(site: number, slower: number): void {
    this.#slower.set(site, Math.max(this.#slower.get(site) ?? 0, slower));
  }

  /** With one site more that shows nothing: one alone is no proof. */
  shareWithout(site: number): number {
    let sum = 0;
    for (const [other, slower] of this.#slower) if (other !== site) sum += slower;
    const others = this.#slower.size - (this.#slower.has(site) ? 1 : 0);
    return sum / (others + 1);
  }
}
