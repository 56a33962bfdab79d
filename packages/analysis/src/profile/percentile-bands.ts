// The percentile of a trace is the part of all traces whose root was shorter; a band holds the traces from one percentile
// (inclusive) to the next (exclusive). So equal durations are always in one band, the lower one, and a band may be empty:
// among ten traces none is longer than 99 %.
//
// The same said by values, which is how bands are told apart here and in SQL: a band holds the durations above the one
// of nearest rank at its lower percentile, up to that of its upper one.
// https://en.wikipedia.org/wiki/Percentile#The_nearest-rank_method

import type { DurationNanos } from "@culprit/trace-model";

export interface PercentileBand {
  readonly from: number;
  readonly to: number;
}

/**
 * What users feel has these names: the usual trace, the slow one, the tail, and the worst in a hundred, whose causes are
 * often others than those of the rest. They are disjoint, so that their sums are the whole.
 */
export const PERCENTILE_BANDS: readonly PercentileBand[] = [
  { from: 0, to: 50 },
  { from: 50, to: 90 },
  { from: 90, to: 99 },
  { from: 99, to: 100 },
];

/** Places, from 0, of the bands' upper limits in the ascending durations of `count` traces; all but the last band's. */
export function limitPlaces(count: number): number[] {
  return PERCENTILE_BANDS.slice(0, -1).map(({ to }) =>
    Math.max(0, Math.ceil((count * to) / 100) - 1),
  );
}

/** The longest duration of each band but the last. @param ascending of all traces */
export function bandLimits(ascending: ArrayLike<DurationNanos>): DurationNanos[] {
  return limitPlaces(ascending.length).map((place) => ascending[place] ?? 0);
}

/** Index into {@link PERCENTILE_BANDS}. */
export function bandAt(limits: readonly DurationNanos[], durationNanos: DurationNanos): number {
  const band = limits.findIndex((limit) => durationNanos <= limit);
  return band < 0 ? limits.length : band;
}
