// Failures that began at a place in more of the incident's traces, and of the place's calls, than chance allows. A share that
// the baseline has as well is normal, though more traces make such calls. A call that fails though its callee does not (it
// answered late, or never) is the callee's.

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
  const calls = [all.map(() => 0), all.map(() => 0)];
  const failingCalls = [all.map(() => 0), all.map(() => 0)];
  const lastTrace = new Int32Array(all.length).fill(-1);
  for (let trace = 0; trace < side.length; trace++) {
    const of = side[trace] as number;
    if (of === Side.neither) continue;
    const end = columns.firstRow[trace + 1] as number;
    for (let row = columns.firstRow[trace] as number; row < end; row++) {
      const at = place[row] as number;
      addOne(calls[of], at);
      if (origins[row] === 0) continue;
      addOne(failingCalls[of], at);
      if (lastTrace[at] === trace) continue;
      lastTrace[at] = trace;
      addOne(failing[of], at);
      const shown = examples[at] as number[];
      if (of === Side.incident && shown.length < EXAMPLES) shown.push(trace);
    }
  }
  return all.flatMap(({ service, callee }, at) => {
    const [before, now] = [failing[0]?.[at] ?? 0, failing[1]?.[at] ?? 0];
    const cost = shareRise(before, counts.baseline, now, counts.incident);
    const [callsBefore, callsNow] = failingCalls.map((of) => of[at] ?? 0) as [number, number];
    const isOfCalls =
      shareRise(callsBefore, calls[0]?.[at] ?? 0, callsNow, calls[1]?.[at] ?? 0) > 0;
    // Then there is no share to compare with.
    const isNew = calls[0]?.[at] === 0;
    if (cost === 0 || !(isOfCalls || isNew)) return [];
    return {
      kind: "error",
      service: callee < 0 ? service : callee,
      place: at,
      cost,
      examples: () => examples[at] ?? [],
    };
  });
}

function addOne(counts: number[] | undefined, at: number): void {
  if (counts !== undefined) counts[at] = (counts[at] ?? 0) + 1;
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
