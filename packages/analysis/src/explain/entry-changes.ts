// Entry operations that only one side has. Another mix of requests accuses nobody, but it must not go unsaid.

import { formatList, formatShare } from "../format.ts";
import { type Cohorts, countTraces } from "./cohorts.ts";
import { shareRise } from "./robust.ts";
import { entriesOf } from "./samples.ts";

/** Named; further ones are left out. */
const MAX_NAMED = 3;

export function entryChanges(cohorts: Cohorts): string[] {
  const { columns, side } = cohorts;
  const totals = countTraces(side);
  if (totals.baseline === 0 || totals.incident === 0) return [];
  const traces = [new Map<number, number>(), new Map<number, number>()];
  const names = new Map<number, string>();
  for (const [trace, entry] of entriesOf(columns).entries()) {
    const ofSide = traces[side[trace] as number];
    if (ofSide === undefined) continue;
    ofSide.set(entry, (ofSide.get(entry) ?? 0) + 1);
    if (!names.has(entry)) names.set(entry, rootOf(cohorts, trace));
  }
  const [before, now] = traces as [Map<number, number>, Map<number, number>];
  const only = (
    some: ReadonlyMap<number, number>,
    of: number,
    others: ReadonlyMap<number, number>,
    ofOthers: number,
  ): string[] =>
    [...some]
      .filter(([entry, count]) => !others.has(entry) && shareRise(0, ofOthers, count, of) > 0)
      .sort(([a, ofA], [b, ofB]) => ofB - ofA || a - b)
      .slice(0, MAX_NAMED)
      .map(([entry, count]) => `${names.get(entry)} (${formatShare(count / of)})`);
  const gone = only(before, totals.baseline, now, totals.incident);
  const added = only(now, totals.incident, before, totals.baseline);
  const sentences: string[] = [];
  if (gone.length > 0) {
    sentences.push(
      `No trace of the incident begins with ${formatList(gone)}, as traces of the baseline do.`,
    );
  }
  if (added.length > 0) {
    sentences.push(
      `No trace of the baseline begins with ${formatList(added)}, as traces of the incident do.`,
    );
  }
  return sentences;
}

function rootOf({ columns }: Cohorts, trace: number): string {
  const row = columns.root[trace] as number;
  const service = columns.services[columns.service[row] as number];
  return `${service} / ${columns.operations[columns.operation[row] as number]}`;
}
