// Exclusive times by place and entry operation, so that like is compared with like.

import type { TraceColumns } from "@culprit/trace-model";
import { type Cohorts, Side } from "./cohorts.ts";
import { NumberGroups } from "./number-groups.ts";
import type { Places } from "./places.ts";

export interface Sample {
  readonly place: number;
  /** Of traces with this entry operation; ascending. */
  readonly baseline: Float64Array;
  readonly incident: Float64Array;
}

export interface Samples {
  /** One a place and entry operation that occurs. */
  readonly byEntry: readonly Sample[];
  /** One a place. */
  readonly pooled: readonly Sample[];
}

export function samplesOf(cohorts: Cohorts, places: Places, times: Float64Array): Samples {
  const { columns, side } = cohorts;
  const entry = entriesOf(columns);
  const strata = new Map<number, number>();
  const stratumPlace: number[] = [];
  const rows = columns.parent.length;
  const keys = [new Int32Array(rows).fill(-1), new Int32Array(rows).fill(-1)];
  const pooledKeys = [new Int32Array(rows).fill(-1), new Int32Array(rows).fill(-1)];
  for (let trace = 0; trace < side.length; trace++) {
    const of = side[trace] as number;
    if (of === Side.neither) continue;
    const end = columns.firstRow[trace + 1] as number;
    for (let row = columns.firstRow[trace] as number; row < end; row++) {
      const place = places.place[row] as number;
      const key = (entry[trace] as number) * places.all.length + place;
      let stratum = strata.get(key);
      if (stratum === undefined) {
        stratum = stratumPlace.push(place) - 1;
        strata.set(key, stratum);
      }
      (keys[of] as Int32Array)[row] = stratum;
      (pooledKeys[of] as Int32Array)[row] = place;
    }
  }
  const groups = (of: number, count: number, by: Int32Array[]): NumberGroups =>
    new NumberGroups(times, by[of] as Int32Array, count);
  const baseline = groups(Side.baseline, stratumPlace.length, keys);
  const incident = groups(Side.incident, stratumPlace.length, keys);
  const allBaseline = groups(Side.baseline, places.all.length, pooledKeys);
  const allIncident = groups(Side.incident, places.all.length, pooledKeys);
  return {
    byEntry: stratumPlace.map((place, stratum) => ({
      place,
      baseline: baseline.of(stratum),
      incident: incident.of(stratum),
    })),
    pooled: places.all.map((_, place) => ({
      place,
      baseline: allBaseline.of(place),
      incident: allIncident.of(place),
    })),
  };
}

/** Index of the root's (service, operation), one a trace. */
export function entriesOf({ root, service, operation }: TraceColumns): Int32Array {
  const indexes = new Map<number, number>();
  return Int32Array.from(root, (row) => {
    const key = (service[row] as number) * 2 ** 24 + (operation[row] as number);
    let index = indexes.get(key);
    if (index === undefined) {
      index = indexes.size;
      indexes.set(key, index);
    }
    return index;
  });
}
