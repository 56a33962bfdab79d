// Calls that are made again and again because the first suspect fails.

import { formatCallers } from "./callers.ts";
import { Side } from "./cohorts.ts";
import type { SymptomParts } from "./symptoms.ts";

interface Repetition {
  readonly caller: number;
  readonly callee: number;
  /** Calls within one request, at most. */
  before: number;
  now: number;
}

export function repeatedCalls(parts: SymptomParts): string | undefined {
  const { services } = parts.cohorts.columns;
  const found = [...repetitions(parts).values()]
    .filter(({ before, now }) => before > 0 && now > before)
    .sort((a, b) => b.now - a.now || a.caller - b.caller || a.callee - b.callee);
  // One a pair of services: the operation that is repeated most.
  const pairs = new Map(
    found
      .toReversed()
      .map((repetition) => [`${repetition.caller} ${repetition.callee}`, repetition] as const),
  );
  if (pairs.size === 0) return undefined;
  const names = [...pairs.values()]
    .toReversed()
    .map(
      ({ caller, callee, before, now }) =>
        `${services[caller]} calls ${services[callee]} up to ${now} times a request (at most ${before} before)`,
    );
  return `${formatCallers(names)}: repeated because it fails, a symptom.`;
}

/** Of the calls on the way up from the accused failures, by the caller's and the call's places. */
function repetitions(parts: SymptomParts): Map<number, Repetition> {
  const { cohorts, places, origins, isAccused } = parts;
  const { columns, side } = cohorts;
  const found = new Map<number, Repetition>();
  for (let trace = 0; trace < side.length; trace++) {
    if (side[trace] !== Side.incident) continue;
    const [first, end] = rowsOf(parts, trace);
    const onWay = new Set<number>();
    for (let row = first; row < end; row++) {
      if (origins[row] !== 1 || !isAccused(places.place[row] as number)) continue;
      for (let at = row; at >= 0 && !onWay.has(at); at = columns.parent[at] as number)
        onWay.add(at);
    }
    if (onWay.size === 0) continue;
    const counts = stepCounts(parts, trace);
    for (const row of onWay) {
      const step = stepOf(parts, row);
      if (step === undefined) continue;
      const known = found.get(step.key) ?? { ...step, before: 0, now: 0 };
      found.set(step.key, known);
      const now = counts.get(columns.parent[row] as number)?.get(places.place[row] as number) ?? 0;
      known.now = Math.max(known.now, now);
    }
  }
  if (found.size > 0) countBefore(parts, found);
  return found;
}

function countBefore(parts: SymptomParts, found: ReadonlyMap<number, Repetition>): void {
  const { cohorts, places } = parts;
  for (let trace = 0; trace < cohorts.side.length; trace++) {
    if (cohorts.side[trace] !== Side.baseline) continue;
    for (const [above, counts] of stepCounts(parts, trace)) {
      for (const [below, count] of counts) {
        const key = (places.place[above] as number) * places.all.length + below;
        const known = found.get(key);
        if (known !== undefined) known.before = Math.max(known.before, count);
      }
    }
  }
}

/** By row: how often it calls each place. */
function stepCounts(parts: SymptomParts, trace: number): Map<number, Map<number, number>> {
  const { cohorts, places } = parts;
  const [first, end] = rowsOf(parts, trace);
  const counts = new Map<number, Map<number, number>>();
  for (let row = first; row < end; row++) {
    const above = cohorts.columns.parent[row] as number;
    if (above < 0) continue;
    const ofAbove = counts.get(above) ?? new Map<number, number>();
    counts.set(above, ofAbove);
    const place = places.place[row] as number;
    ofAbove.set(place, (ofAbove.get(place) ?? 0) + 1);
  }
  return counts;
}

/** Undefined for what is no call to another service, and for the suspect's own. */
function stepOf(
  { cohorts, places, service: self, isBlamed }: SymptomParts,
  row: number,
): { key: number; caller: number; callee: number } | undefined {
  const { parent, service } = cohorts.columns;
  const above = parent[row] as number;
  if (above < 0) return undefined;
  const caller = service[above] as number;
  const place = places.place[row] as number;
  const answers = places.all[place]?.callee ?? -1;
  const callee = answers >= 0 ? answers : (service[row] as number);
  if (caller === callee || caller === self || isBlamed(caller)) return undefined;
  return { key: (places.place[above] as number) * places.all.length + place, caller, callee };
}

function rowsOf({ cohorts }: SymptomParts, trace: number): readonly [first: number, end: number] {
  const { firstRow } = cohorts.columns;
  return [firstRow[trace] as number, firstRow[trace + 1] as number];
}
