// What chance alone accuses: the two halves of the baseline, each held against the other as if it were an incident. Somebody
// is always a little slower.

import { accuse } from "./accuse.ts";
import { type Cohorts, Side } from "./cohorts.ts";
import type { Places } from "./places.ts";

/** The halves are two draws of many, and windows differ by more than halves of one do. See ADR 7 for what it lets pass. */
const BEYOND = 3;

/** The score up to which a suspect may be chance; 0 where the halves are the same. */
export function chanceScore(cohorts: Cohorts, places: Places, times: Float64Array): number {
  let score = 0;
  for (const half of [0, 1]) {
    let count = 0;
    const side = cohorts.side.map((of) => {
      if (of !== Side.baseline) return Side.neither;
      return scattered(count++) === half ? Side.incident : Side.baseline;
    });
    score = Math.max(score, accuse({ ...cohorts, side }, places, times).cases[0]?.cost ?? 0);
  }
  return score * BEYOND;
}

/** 0 or 1, in no rhythm that traces may come in, too: ids that count up may tell two kinds of requests by turns. */
function scattered(count: number): number {
  return Math.imul(count, 0x9e3779b1) >>> 31;
}
