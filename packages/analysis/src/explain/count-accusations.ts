// Calls that an operation makes more often than before, or no longer: per call of the operation that makes them, so that a
// busier or an absent caller accuses nobody below it. Whoever calls decides how often.

import { type Accusation, EXAMPLES } from "./accusation.ts";
import { type Cohorts, countTraces, Side } from "./cohorts.ts";
import type { Place, Places } from "./places.ts";
import { CHANCE, quantile } from "./robust.ts";

/** A caller's operation and what it calls. */
interface Step {
  readonly above: number;
  readonly below: number;
  /** Calls, by side. */
  readonly count: [number, number];
  lastTrace: number;
  readonly nanos: number[];
  examples: number[];
}

export function countAccusations(
  cohorts: Cohorts,
  places: Places,
  traceNanos: number,
  isFailing: Uint8Array,
): Accusation[] {
  const { columns, side } = cohorts;
  const { all, place } = places;
  const steps = new Map<number, Step>();
  const calls: [Float64Array, Float64Array] = [
    new Float64Array(all.length),
    new Float64Array(all.length),
  ];
  for (let trace = 0; trace < side.length; trace++) {
    const of = side[trace] as number;
    if (of === Side.neither || isFailing[trace] === 1) continue;
    const end = columns.firstRow[trace + 1] as number;
    for (let row = columns.firstRow[trace] as number; row < end; row++) {
      const below = place[row] as number;
      const ofSide = calls[of as 0 | 1];
      ofSide[below] = (ofSide[below] as number) + 1;
      const parent = columns.parent[row] as number;
      if (parent < 0) continue;
      const step = stepOf(steps, place[parent] as number, below, all.length);
      step.count[of as 0 | 1]++;
      if (of === Side.incident) {
        step.nanos.push(columns.durationNanos[row] as number);
        if (step.lastTrace !== trace) {
          step.lastTrace = trace;
          if (step.examples.length < EXAMPLES) step.examples.push(trace);
        }
      }
    }
  }
  const { incident } = countTraces(side);
  const accusations: Accusation[] = [];
  for (const step of steps.values()) {
    const change = changeOf(step, calls);
    if (change === 0) continue;
    const caller = all[step.above] as Place;
    const callsATrace = (calls[1][step.above] as number) / incident;
    const medianNanos = quantile(Float64Array.from(step.nanos).sort(), 0.5);
    accusations.push({
      kind: change > 0 ? "fan-out" : "missing",
      service: caller.service,
      place: step.below,
      cost:
        change > 0
          ? (change * callsATrace * medianNanos) / traceNanos
          : Math.min(1, -change * callsATrace),
      examples: () => (change > 0 ? step.examples : tracesWithout(cohorts, places, step)),
    });
  }
  return accusations;
}

function stepOf(steps: Map<number, Step>, above: number, below: number, places: number): Step {
  const key = above * places + below;
  let step = steps.get(key);
  if (step === undefined) {
    step = { above, below, count: [0, 0], lastTrace: -1, nanos: [], examples: [] };
    steps.set(key, step);
  }
  return step;
}

/** Calls more or fewer for each call of the caller, beyond what chance does to counts (their variance is their mean). */
function changeOf({ above, count }: Step, calls: readonly [Float64Array, Float64Array]): number {
  const [before, now] = [calls[0][above] as number, calls[1][above] as number];
  if (before === 0 || now === 0 || count[0] === 0) return 0;
  const rise = count[1] / now - count[0] / before;
  const error = Math.sqrt((count[1] + 1) / now ** 2 + (count[0] + 1) / before ** 2);
  return Math.sign(rise) * Math.max(0, Math.abs(rise) - CHANCE * error);
}

function tracesWithout({ columns, side }: Cohorts, { place }: Places, step: Step): number[] {
  const found: number[] = [];
  for (let trace = 0; trace < side.length && found.length < EXAMPLES; trace++) {
    if (side[trace] !== Side.incident) continue;
    let hasAbove = false;
    let hasBelow = false;
    const end = columns.firstRow[trace + 1] as number;
    for (let row = columns.firstRow[trace] as number; row < end; row++) {
      if (place[row] === step.above) hasAbove = true;
      if (place[row] === step.below) hasBelow = true;
    }
    if (hasAbove && !hasBelow) found.push(trace);
  }
  return found;
}
