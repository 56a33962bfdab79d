// Explain: what two groups of traces tell apart.

import type { Explanation, TimeWindow } from "@culprit/api";
import { accuse } from "./accuse.ts";
import { attributeDifferences } from "./attribute-differences.ts";
import { chanceScore } from "./chance.ts";
import { type Cohorts, countTraces } from "./cohorts.ts";
import { entryChanges } from "./entry-changes.ts";
import { exclusiveTimes } from "./exclusive-time.ts";
import { placesOf } from "./places.ts";
import { summaryOf } from "./summary.ts";
import { suspectsOf } from "./suspects.ts";
import { symptomsOf } from "./symptoms.ts";
import { traceMedians } from "./trace-medians.ts";

export interface ExplainWindows {
  readonly baseline: readonly TimeWindow[];
  readonly incident: TimeWindow;
}

/** @param warnings what the reader left out, said in the summary */
export function explainGroups(
  cohorts: Cohorts,
  windows: ExplainWindows,
  warnings: readonly string[] = [],
): Explanation {
  const { columns } = cohorts;
  const counts = countTraces(cohorts.side);
  const times = exclusiveTimes(columns);
  const places = placesOf(cohorts);
  const accused = accuse(cohorts, places, times);
  const suspects = suspectsOf(accused.cases, cohorts, places, times, accused.origins);
  const chance = suspects.length === 0 ? 0 : round(chanceScore(cohorts, places, times));
  return {
    baseline: { traceCount: counts.baseline, windows: [...windows.baseline] },
    incident: { traceCount: counts.incident, window: windows.incident },
    suspects,
    chanceScore: chance,
    attributes: attributeDifferences(cohorts),
    summary: summaryOf({
      suspects,
      counts,
      chanceScore: chance,
      medians: traceMedians(cohorts),
      symptoms: symptomsOf(accused, cohorts, places),
      notes: [...entryChanges(cohorts), ...warnings],
    }),
  };
}

/** As scores are. */
function round(score: number): number {
  return Number(score.toPrecision(4));
}
