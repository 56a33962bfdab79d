// The port through which profiles are read: sums over stored verdicts, and the traces that have none yet.

import type { DurationNanos } from "@culprit/trace-model";
import type { StoredTrace } from "./trace-reader.ts";
import type { PathShare, VerdictQuery } from "./verdict-store.ts";

export interface ProfileReader {
  /**
   * The verdicts of the window as they are now. A span that the query's conditions need is looked for from a day before
   * the window to a day after it.
   */
  profile(query: VerdictQuery): Promise<StoredProfile>;
}

export interface StoredProfile {
  /**
   * Traces around the window with spans that arrived after the judge last caught up. Nothing else here counts them, but
   * for those beyond MAX_UNJUDGED that have an earlier verdict.
   */
  readonly unjudgedCount: number;
  /** Traces around the window that could not be judged, being too large: nothing counts them. */
  readonly notJudgedCount: number;
  /** `MAX_UNJUDGED` of them at most, whole, some at a time: whoever asks judges them, and looks where their roots start. */
  unjudged(): AsyncIterable<readonly StoredTrace[]>;
  /** Of the roots, ascending. */
  durations(): Promise<Float64Array>;
  /**
   * The critical path of each band, each operation once, in no promised order. Bands are durations up to `limits[0]`, up
   * to `limits[1]`, …, and above the last. @param limits ascending
   */
  paths(limits: readonly DurationNanos[]): Promise<readonly (readonly StoredPathSum[])[]>;
  /**
   * Paths that sum to those of the traces, as call stacks; paths of one shape are one.
   * @param band of those that `limits` make; absent: all
   */
  stacks(
    limits: readonly DurationNanos[],
    band?: number,
  ): Promise<readonly (readonly PathShare[])[]>;
}

export interface StoredPathSum {
  readonly service: string;
  readonly operation: string;
  readonly nanos: DurationNanos;
}

/** Traces that one profile judges itself: some seconds of work. */
export const MAX_UNJUDGED = 20_000;
