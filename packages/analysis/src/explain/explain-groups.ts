// Explain: what two groups of traces tell apart. Failures first: traces in which a failure begins that the baseline does not
// have are judged by it alone, the others by their times and by which calls they make.

import type { Explanation, TimeWindow } from "@culprit/api";
import { attributeDifferences } from "./attribute-differences.ts";
import { type Cohorts, countTraces, Side } from "./cohorts.ts";
import { countAccusations } from "./count-accusations.ts";
import { errorAccusations, tracesAccused } from "./error-accusations.ts";
import { errorOrigins } from "./error-origins.ts";
import { EXCESS_OPTIONS } from "./excess.ts";
import { exclusiveTimes } from "./exclusive-time.ts";
import { givenUpRequests, unexplained, withoutGivenUp } from "./given-up.ts";
import { latencyAccusations, medianTraceNanos } from "./latency-accusations.ts";
import { placesOf } from "./places.ts";
import { summaryOf } from "./summary.ts";
import { casesByService, suspectsOf } from "./suspects.ts";

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
  const places = placesOf(columns);
  const origins = errorOrigins(columns);
  const givenUp = givenUpRequests(columns, origins);
  const failures = origins.map((is, row) => (givenUp[row] === 1 ? 0 : is));
  const errors = errorAccusations(cohorts, places, failures);
  const isFailing = tracesAccused(cohorts, places, failures, errors);
  const rest = {
    ...cohorts,
    side: cohorts.side.map((of, trace) => (isFailing[trace] === 1 ? Side.neither : of)),
  };
  const late = latencyAccusations(rest, places, times, EXCESS_OPTIONS);
  const answered = { ...rest, side: withoutGivenUp(rest, givenUp) };
  const accusations =
    counts.baseline === 0 || counts.incident === 0
      ? []
      : [
          ...errors,
          ...errorAccusations(rest, places, unexplained(columns, places, givenUp, late)),
          ...late,
          ...countAccusations(answered, places, medianTraceNanos(cohorts)),
        ];
  const cases = casesByService(accusations);
  const suspects = suspectsOf(cases, cohorts, places, times, origins);
  return {
    baseline: { traceCount: counts.baseline, windows: [...windows.baseline] },
    incident: { traceCount: counts.incident, window: windows.incident },
    suspects,
    attributes: attributeDifferences(cohorts),
    summary: summaryOf({ suspects, counts, warnings }),
  };
}
