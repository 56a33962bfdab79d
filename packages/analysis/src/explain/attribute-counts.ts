// In how many traces of each side a span, or a span's resource, carries a pair of key and value.

import { type Cohorts, Side } from "./cohorts.ts";

export interface AttributeCount {
  readonly key: string;
  readonly value: string;
  /** Whose resources are counted; null for spans, and for the resources of all services. */
  readonly service: string | null;
  /** By side. */
  readonly traces: [number, number];
}

export function attributeCounts(cohorts: Cohorts): AttributeCount[] {
  const { side, attributes } = cohorts;
  const counts = attributes.pairs.map(([key, value]) => newCount(key, value, null));
  for (let i = 0; i < attributes.trace.length; i++) {
    const of = side[attributes.trace[i] as number] as number;
    const count = counts[attributes.pair[i] as number];
    if (of !== Side.neither && count !== undefined) count.traces[of as 0 | 1]++;
  }
  return [...counts, ...resourceCounts(cohorts)];
}

/** Once for all services, and once for each: all of them have versions, and the new one of one may be the old one of another. */
function resourceCounts({ columns, side }: Cohorts): AttributeCount[] {
  const counts = new Map<string, AttributeCount>();
  const countOf = (key: string, value: string, service: string | null): AttributeCount => {
    const name = JSON.stringify([key, value, service]);
    const count = counts.get(name) ?? newCount(key, value, service);
    counts.set(name, count);
    return count;
  };
  const ofResource = columns.resources.map((attributes) => {
    const service = attributes.find(([key]) => key === "service.name")?.[1] ?? "";
    return attributes.flatMap(([key, value]) => [
      countOf(key, value, null),
      countOf(key, value, service),
    ]);
  });
  const lastTrace = new Int32Array(columns.resources.length).fill(-1);
  const lastCounted = new Map<AttributeCount, number>();
  for (let trace = 0; trace < side.length; trace++) {
    const of = side[trace] as number;
    if (of === Side.neither) continue;
    const end = columns.firstRow[trace + 1] as number;
    for (let row = columns.firstRow[trace] as number; row < end; row++) {
      const resource = columns.resource[row] as number;
      if (lastTrace[resource] === trace) continue;
      lastTrace[resource] = trace;
      for (const count of ofResource[resource] ?? []) {
        if (lastCounted.get(count) === trace) continue;
        lastCounted.set(count, trace);
        count.traces[of as 0 | 1]++;
      }
    }
  }
  return [...counts.values()];
}

function newCount(key: string, value: string, service: string | null): AttributeCount {
  return { key, value, service, traces: [0, 0] };
}
