// Which spans fail. An answer that refuses what was asked (a declined card, something that is not there) is a failure only
// where refusals became more frequent: else it is how the system always answers, and hides no failure above it.

import { Failing } from "@culprit/trace-model";
import { type Cohorts, countTraces, Side } from "./cohorts.ts";
import type { Places } from "./places.ts";
import { shareRise } from "./robust.ts";

/** 1 a row that fails. */
export function failingRows({ columns, side }: Cohorts, { all, place }: Places): Uint8Array {
  const counts = countTraces(side);
  const { errs, firstRow } = columns;
  const refusing = [all.map(() => 0), all.map(() => 0)];
  const lastTrace = new Int32Array(all.length).fill(-1);
  for (let trace = 0; trace < side.length; trace++) {
    const ofSide = refusing[side[trace] as number];
    if (ofSide === undefined) continue;
    const end = firstRow[trace + 1] as number;
    for (let row = firstRow[trace] as number; row < end; row++) {
      const at = place[row] as number;
      if (errs[row] !== Failing.refused || lastTrace[at] === trace) continue;
      lastTrace[at] = trace;
      ofSide[at] = (ofSide[at] as number) + 1;
    }
  }
  const rises = all.map(
    (_, at) =>
      shareRise(
        refusing[Side.baseline]?.[at] ?? 0,
        counts.baseline,
        refusing[Side.incident]?.[at] ?? 0,
        counts.incident,
      ) > 0,
  );
  return errs.map((failing, row) =>
    failing === Failing.fails || (failing === Failing.refused && rises[place[row] as number])
      ? 1
      : 0,
  );
}
