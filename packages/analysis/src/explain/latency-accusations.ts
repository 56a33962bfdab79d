// Places at which the incident's calls take longer than those of the baseline, in traces of the same entry operation where
// there are enough, else in all.

import { type Accusation, EXAMPLES } from "./accusation.ts";
import { chargedServices } from "./charge.ts";
import { type Cohorts, countTraces, Side } from "./cohorts.ts";
import { type Excess, type ExcessOptions, excessOf } from "./excess.ts";
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
  const counts = countTraces(cohorts.side);
  return samples.pooled.flatMap(({ place, baseline, incident }) => {
    const { nanos } = excess[place] as Excess;
    const isNew = baseline.length === 0;
    if (nanos <= 0) return [];
    // One call that nobody made before is chance.
    if (
      isNew &&
      shareRise(0, counts.baseline, Math.min(incident.length, counts.incident), counts.incident) ===
        0
    )
      return [];
    return {
      kind: isNew ? "new" : "latency",
      service: charged[place] as number,
      place,
      cost: nanos / incidentCount / traceNanos,
      examples: () => slowest(cohorts, places, times, place),
    };
  });
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
    if (baseline.length === 0) return { nanos: sum(incident), shift: 0 };
    return {
      nanos: nanos[place] as number,
      shift: incident.length === 0 ? 0 : (shift[place] as number) / incident.length,
    };
  });
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
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
