// By how much the calls of an operation are slower than those of the baseline, beyond chance.
//
// The incident's calls, in ascending order, are held against the baseline's quantiles at the same level, which sees a shift
// of all calls as well as one of a tenth of them. The level is raised by what chance may do between two samples of their
// sizes, so that one call must surpass nearly everything the baseline has while thousands need not. What is left counts the
// more the further it lies outside the baseline's spread.

import { CHANCE, levelError, medianDeviation, quantile } from "./robust.ts";

export interface Excess {
  /** Nanoseconds, over all of the incident's calls. */
  readonly nanos: number;
  /** Mean excess of a call in units of the baseline's spread. */
  readonly shift: number;
}

const NO_EXCESS: Excess = { nanos: 0, shift: 0 };

export interface ExcessOptions {
  /** Spread at least, as a share of the baseline's median. */
  readonly floorShare: number;
  /** Spread at least, nanoseconds. */
  readonly floorNanos: number;
  /** Spreads at which an excess counts half. */
  readonly halfAt: number;
  /** Standard errors that chance is let go. */
  readonly chance: number;
  /** Part of a caller's other places that must be slower, too, for a slow call to be the caller's, see `charge.ts`. */
  readonly callerShare: number;
}

export const EXCESS_OPTIONS: ExcessOptions = {
  floorShare: 0.1,
  floorNanos: 10_000,
  halfAt: 3,
  chance: CHANCE,
  callerShare: 0.25,
};

export function excessOf(
  baseline: Float64Array,
  incident: Float64Array,
  options: ExcessOptions,
): Excess {
  if (baseline.length === 0 || incident.length === 0) return NO_EXCESS;
  const { chance, halfAt } = options;
  const spread = spreadOf(baseline, options);
  let nanos = 0;
  for (let i = 0; i < incident.length; i++) {
    const level = (i + 0.5) / incident.length;
    const raised = level + chance * levelError(level, incident.length, baseline.length);
    const beyond = (incident[i] as number) - quantile(baseline, raised);
    if (beyond > 0) nanos += beyond * credibility(beyond / spread, halfAt);
  }
  return { nanos, shift: nanos / incident.length / spread };
}

/** Of ascending values, at least one; nanoseconds. */
export function spreadOf(
  sorted: Float64Array,
  { floorShare, floorNanos }: Pick<ExcessOptions, "floorShare" | "floorNanos">,
): number {
  return Math.max(medianDeviation(sorted), floorShare * quantile(sorted, 0.5), floorNanos);
}

/** From 0 to 1, one half at `halfAt`. */
export function credibility(shift: number, halfAt: number): number {
  return (shift * shift) / (shift * shift + halfAt * halfAt);
}
