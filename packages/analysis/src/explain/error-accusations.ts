// Failures that began at a place in more of the incident's traces than chance allows. A share that the baseline has as well
// is normal. A call that fails though its callee does not (it answered late, or never) is the callee's.

import { type Accusation, EXAMPLES } from "./accusation.ts";
import { type Cohorts, countTraces, Side } from "./cohorts.ts";
import type { Places } from "./places.ts";
import { shareRise } from "./robust.ts";

export function errorAccusations(
  { columns, side }: Cohorts,
  { all, place }: Places,
  origins: Uint8Array,
): Accusation[] {
  const counts = countTraces(side);
  const failing = [all.map(() => 0), all.map(() => 0)];
  const examples = all.map((): number[] => []);
  const lastTrace = new Int32Array(all.length).fill(-1);
  for (let trace = 0; trace < side.length; trace++) {
    const of = side[trace] as number;
    if (of === Side.neither) continue;
    const end = columns.firstRow[trace + 1] as number;
    for (let row = columns.firstRow[trace] as number; row < end; row++) {
      const at = place[row] as number;
      if (origins[row] === 0 || lastTrace[at] === trace) continue;
      lastTrace[at] = trace;
      const ofSide = failing[of] as number[];
      ofSide[at] = (ofSide[at] as number) + 1;
      const shown = examples[at] as number[];
      if (of === Side.incident && shown.length < EXAMPLES) shown.push(trace);
    }
  }
  return all.flatMap(({ service, callee }, at) => {
    const [before, now] = [failing[0]?.[at] ?? 0, failing[1]?.[at] ?? 0];
    const cost = shareRise(before, counts.baseline, now, counts.incident);
    if (cost === 0) return [];
    return {
      kind: "error",
      service: callee < 0 ? service : callee,
      place: at,
      cost,
      examples: () => examples[at] ?? [],
    };
  });
}

/** 1 a trace in which a failure began at one of the accused places. */
export function tracesAccused(
  { columns, side }: Cohorts,
  { place }: Places,
  origins: Uint8Array,
  accusations: readonly Accusation[],
): Uint8Array {
  const accused = new Set(accusations.map((accusation) => accusation.place));
  const traces = new Uint8Array(side.length);
  for (let trace = 0; trace < side.length; trace++) {
    const end = columns.firstRow[trace + 1] as number;
    for (let row = columns.firstRow[trace] as number; row < end; row++) {
      if (origins[row] === 1 && accused.has(place[row] as number)) traces[trace] = 1;
    }
  }
  return traces;
}
