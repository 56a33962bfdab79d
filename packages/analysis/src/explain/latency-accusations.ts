// Places at which the incident's calls take longer than those of the baseline, in traces of the same entry operation where
// there are enough, else in all; and what takes time that no call of the baseline did.

import type { SuspectKind } from "@culprit/api";
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
  const accusation = (kind: SuspectKind, service: number, place: number, nanos: number) => ({
    kind,
    service,
    place,
    cost: nanos / incidentCount / traceNanos,
    examples: () => slowest(cohorts, places, times, place),
  });
  const slower = samples.pooled.flatMap(({ place, baseline }) => {
    const { nanos } = excess[place] as Excess;
    if (baseline.length === 0 || nanos <= 0) return [];
    return accusation("latency", charged[place] as number, place, nanos);
  });
  const { baseline, incident } = countTraces(cohorts.side);
  // One call that nobody made before is chance.
  const added = begun(cohorts, places, times, charged).filter(
    ({ calls }) => shareRise(0, baseline, Math.min(calls, incident), incident) > 0,
  );
  return [
    ...slower,
    ...added.map(({ service, place, nanos }) => accusation("new", service, place, nanos)),
  ];
}

/** Calls that nobody made before, by their place and who began them. */
interface Begun {
  readonly service: number;
  readonly place: number;
  calls: number;
  /** Of them and of all below them. */
  nanos: number;
}

function begun(
  cohorts: Cohorts,
  places: Places,
  times: Float64Array,
  charged: Int32Array,
): Begun[] {
  const { columns, side } = cohorts;
  const newcomers = new Newcomers(cohorts, places);
  const found = new Map<number, Begun>();
  for (let trace = 0; trace < side.length; trace++) {
    if (side[trace] !== Side.incident) continue;
    const end = columns.firstRow[trace + 1] as number;
    for (let row = columns.firstRow[trace] as number; row < end; row++) {
      const first = newcomers.firstOf(row);
      // Where even the root is new, each place stands for itself.
      if (first < 0 && !newcomers.isNewAt(row)) continue;
      const place = places.place[first < 0 ? row : first] as number;
      const service = first < 0 ? (charged[place] as number) : newcomers.beganBy(first);
      const key = place * columns.services.length + service;
      const known = found.get(key) ?? { service, place, calls: 0, nanos: 0 };
      found.set(key, known);
      if (first < 0 || first === row) known.calls++;
      known.nanos += times[row] as number;
    }
  }
  return [...found.values()].filter(({ nanos }) => nanos > 0);
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
  const found: { trace: number; nanos: number }[] = [];
  for (let trace = 0; trace < side.length; trace++) {
    if (side[trace] !== Side.incident) continue;
    let nanos = -1;
    const end = columns.firstRow[trace + 1] as number;
    for (let row = columns.firstRow[trace] as number; row < end; row++) {
      if (places.place[row] === place) nanos = Math.max(nanos, times[row] as number);
    }
    if (nanos >= 0) found.push({ trace, nanos });
  }
  found.sort((a, b) => b.nanos - a.nanos || a.trace - b.trace);
  return found.slice(0, EXAMPLES).map(({ trace }) => trace);
}
