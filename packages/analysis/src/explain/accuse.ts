// Whom a comparison accuses. Failures first: traces in which a failure begins that the baseline does not have are judged by
// it alone, the others by their times and by which calls they make; so are those whose time ran out.

import { type Cohorts, countTraces, Side } from "./cohorts.ts";
import { countAccusations } from "./count-accusations.ts";
import { errorAccusations, tracesAccused } from "./error-accusations.ts";
import { errorOrigins } from "./error-origins.ts";
import { EXCESS_OPTIONS } from "./excess.ts";
import { failingRows } from "./failing-rows.ts";
import { givenUpRequests, unexplained, withoutGivenUp } from "./given-up.ts";
import { latencyAccusations, medianTraceNanos } from "./latency-accusations.ts";
import type { Places } from "./places.ts";
import { casesByService, type ServiceCase } from "./suspects.ts";

export interface Accused {
  /** The costliest first. */
  readonly cases: readonly ServiceCase[];
  /** 1 a row that fails. */
  readonly failing: Uint8Array;
  /** 1 a row where a failure began. */
  readonly origins: Uint8Array;
  /** Without the traces that are judged by their failures alone. */
  readonly rest: Cohorts;
}

/** @param times exclusive ones, nanoseconds a row */
export function accuse(cohorts: Cohorts, places: Places, times: Float64Array): Accused {
  const { baseline, incident } = countTraces(cohorts.side);
  const failing = failingRows(cohorts, places);
  const origins = errorOrigins(cohorts.columns.parent, failing);
  if (baseline === 0 || incident === 0) return { cases: [], failing, origins, rest: cohorts };
  const { columns } = cohorts;
  const givenUp = givenUpRequests(columns, origins);
  const failed = origins.map((is, row) => (givenUp[row] === 1 ? 0 : is));
  const errors = errorAccusations(cohorts, places, failed);
  const isFailing = tracesAccused(cohorts, places, failed, errors);
  const rest = {
    ...cohorts,
    side: cohorts.side.map((of, trace) => (isFailing[trace] === 1 ? Side.neither : of)),
  };
  const late = latencyAccusations(rest, incident, places, times, EXCESS_OPTIONS);
  const answered = { ...rest, side: withoutGivenUp(rest, givenUp) };
  const cases = casesByService([
    ...errors,
    ...errorAccusations(cohorts, places, unexplained(columns, places, givenUp, late)),
    ...late,
    ...countAccusations(answered, incident, places, medianTraceNanos(cohorts)),
  ]);
  return { cases, failing, origins, rest };
}
