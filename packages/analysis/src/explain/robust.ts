// Order statistics: what single outliers and heavy tails cannot move.

/** Of ascending values, at least one; between two of them linearly. Levels beyond 0 and 1 are the ends. */
export function quantile(sorted: Float64Array, level: number): number {
  const at = Math.max(0, Math.min(1, level)) * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (at - below);
}

/** 1.4826 makes the median absolute deviation the standard deviation of a normal distribution. */
const MAD_TO_SIGMA = 1.4826;

export function medianDeviation(sorted: Float64Array): number {
  const median = quantile(sorted, 0.5);
  return MAD_TO_SIGMA * quantile(sorted.map((value) => Math.abs(value - median)).sort(), 0.5);
}

/** One-sided 95 % of the normal distribution: how far chance is let go. */
export const CHANCE = 1.645;

/** Standard error of the empirical level `p` between two samples. */
export function levelError(p: number, countA: number, countB: number): number {
  return Math.sqrt(p * (1 - p) * (1 / countA + 1 / countB));
}

/** Standard errors of a clear difference: of the thousand comparisons that one answer makes, chance lets one pass. */
export const CLEAR = 3.3;

/** By how much `b` of `ofB` surpasses `a` of `ofA` beyond chance; 0 where the difference is not clear. */
export function shareRise(a: number, ofA: number, b: number, ofB: number): number {
  if (ofA === 0 || ofB === 0) return 0;
  const rise = b / ofB - a / ofA;
  // As if both were one, with one case of each kind more: no sample is sure.
  const pooled = (a + b + 1) / (ofA + ofB + 2);
  if (rise <= CLEAR * Math.sqrt(pooled * (1 - pooled) * (1 / ofA + 1 / ofB))) return 0;
  const [shareA, shareB] = [(a + 0.5) / (ofA + 1), (b + 0.5) / (ofB + 1)];
  const error = Math.sqrt((shareA * (1 - shareA)) / ofA + (shareB * (1 - shareB)) / ofB);
  return Math.max(0, rise - CHANCE * error);
}
