// Places at which the incident's calls take longer than those of the baseline, in traces of the same entry operation where
// there are enough, else in all; and what takes time that no call of the baseline did.

import { type Accusation, EXAMPLES } from "./accusation.ts";
import { chargedServices } from "./charge.ts";
import { type Cohorts, countTraces, Side } from "./cohorts.ts";
import { type Excess, type ExcessOptions, excessOf } from "./excess.ts";
import { Newcomers } from "./newcomers.ts";
import type { Places } from "./places.ts";
import { shareRise } from "./robust.ts";
import { type Sample, type Samples, samplesOf } from "./samples.ts";
import { traceMedians } from "./trace-medians.ts";

/** With fewer calls of the same entry operation the baseline's quartiles are one call each. */
const LIKE_CALLS = 5;

/** @param incidentCount traces of the incident, those included that are not judged by their times */
export function latencyAccusations(
  cohorts: Cohorts,
  incidentCount: number,
  places: Places,
  times: Float64Array,
  options: ExcessOptions,
): Accusation[] {
  const samples = samplesOf(cohorts, places, times);
  const excess = excessByPlace(samples, options);
  const charged = chargedServices(places.all, excess, options);
  const traceNanos = medianTraceNanos(cohorts);
  const costOf = (nanos: number): number => nanos / incidentCount / traceNanos;
  const slower = samples.pooled.flatMap(({ place, baseline }): Accusation[] => {
    const { nanos } = excess[place] as Excess;
    if (baseline.length === 0 || nanos <= 0) return [];
    const examples = (): number[] => slowest(cohorts, places, times, place);
    const service = charged[place] as number;
    return [{ kind: "latency", service, place, cost: costOf(nanos), examples }];
  });
  const isNew = (place: number): boolean => samples.pooled[place]?.baseline.length === 0;
  const added = begun(cohorts, places, times, charged, isNew).map((each): Accusation => {
    const examples = (): number[] => largest(each.nanosByTrace);
    const { service, place, nanos } = each;
    return { kind: "new", service, place, cost: costOf(nanos), with: each.places, examples };
  });
  return [...slower, ...added];
}

/** What is new, by whom it is charged to and the place with which it began. */
interface Begun {
  readonly service: number;
  readonly place: number;
  /** That and all below it that is new with it. */
  readonly places: Set<number>;
  calls: number;
  nanos: number;
  readonly nanosByTrace: Map<number, number>;
}

function begun(
  cohorts: Cohorts,
  places: Places,
  times: Float64Array,
  charged: Int32Array,
  isNew: (place: number) => boolean,
): Begun[] {
  const { columns, side } = cohorts;
  const newcomers = new Newcomers(cohorts, places);
  const found = new Map<number, Begun>();
  const begunAt = (place: number, service: number): Begun => {
    const key = place * columns.services.length + service;
    const known = found.get(key) ?? {
      service,
      place,
      places: new Set(),
      calls: 0,
      nanos: 0,
      nanosByTrace: new Map(),
    };
    found.set(key, known);
    return known;
  };
  for (let trace = 0; trace < side.length; trace++) {
    if (side[trace] !== Side.incident) continue;
    const end = columns.firstRow[trace + 1] as number;
    for (let row = columns.firstRow[trace] as number; row < end; row++) {
      const place = places.place[row] as number;
      if (!isNew(place)) continue;
      const first = newcomers.firstOf(row);
      // Another callee of a known call, or all is new from the root on: each place stands for itself.
      const entry =
        first < 0
          ? begunAt(place, charged[place] as number)
          : begunAt(places.place[first] as number, newcomers.beganBy(first));
      const nanos = times[row] as number;
      entry.places.add(place);
      if (first < 0 || first === row) entry.calls++;
      entry.nanos += nanos;
      entry.nanosByTrace.set(trace, (entry.nanosByTrace.get(trace) ?? 0) + nanos);
    }
  }
  const { baseline, incident } = countTraces(side);
  // One call that nobody made before is chance.
  return [...found.values()].filter(
    ({ calls, nanos }) =>
      nanos > 0 && shareRise(0, baseline, Math.min(calls, incident), incident) > 0,
  );
}

function excessByPlace({ byEntry, pooled }: Samples, options: ExcessOptions): Excess[] {
  const nanos = pooled.map(() => 0);
  const shift = pooled.map(() => 0);
  for (const { place, baseline, incident } of byEntry) {
    if (incident.length === 0) continue;
    const all = (pooled[place] as Sample).baseline;
    const like = baseline.length >= LIKE_CALLS ? baseline : all;
    const excess = excessOf(like, incident, options);
    nanos[place] = (nanos[place] as number) + excess.nanos;
    shift[place] = (shift[place] as number) + excess.shift * incident.length;
  }
  return pooled.map(({ place, baseline, incident }) => {
    if (baseline.length === 0) return { nanos: 0, shift: 0 };
    return {
      nanos: nanos[place] as number,
      shift: incident.length === 0 ? 0 : (shift[place] as number) / incident.length,
    };
  });
}

/** At least a microsecond, so that it divides. */
export function medianTraceNanos(cohorts: Cohorts): number {
  return Math.max(1000, traceMedians(cohorts).baseline ?? 0);
}

function slowest(
  { columns, side }: Cohorts,
  places: Places,
  times: Float64Array,
  place: number,
): number[] {
  const found = new Map<number, number>();
  for (let trace = 0; trace < side.length; trace++) {
    if (side[trace] !== Side.incident) continue;
    let nanos = -1;
    const end = columns.firstRow[trace + 1] as number;
    for (let row = columns.firstRow[trace] as number; row < end; row++) {
      if (places.place[row] === place) nanos = Math.max(nanos, times[row] as number);
    }
    if (nanos >= 0) found.set(trace, nanos);
  }
  return largest(found);
}

/** Traces, those with the most first. */
function largest(nanosByTrace: ReadonlyMap<number, number>): number[] {
  const sorted = [...nanosByTrace].sort(([a, ofA], [b, ofB]) => ofB - ofA || a - b);
  return sorted.slice(0, EXAMPLES).map(([trace]) => trace);
}
