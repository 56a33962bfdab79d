// `culprit profile --json`, GET /api/culprit/profile: the critical path summed over many traces.

import { z } from "zod";
import type { TimeWindow } from "./explain.ts";
import { duration } from "./units.ts";

export interface ProfileOperation {
  service: string;
  operation: string;
  criticalPathNanos: number;
  /** Of the band's critical path, 0 to 1. */
  share: number;
}

/**
 * Traces whose root's duration lies from percentile `from` (inclusive) to `to` (exclusive). A trace's percentile is the
 * part of all traces with a shorter root. Bands are disjoint; together they hold all traces.
 */
export interface ProfileBand {
  from: number;
  to: number;
  traceCount: number;
  /** Of the roots; null in an empty band. */
  shortestNanos: number | null;
  longestNanos: number | null;
  /** The largest first. */
  operations: ProfileOperation[];
}

export interface Profile {
  /** A trace is in it when its root starts in it. */
  window: TimeWindow;
  traceCount: number;
  /** What is not whole about the sums, in words. */
  warnings: string[];
  bands: ProfileBand[];
}

const share = z.number().min(0).max(1);

export const profile: z.ZodType<Profile> = z.object({
  window: z.object({ from: z.string(), to: z.string() }),
  traceCount: z.number(),
  warnings: z.array(z.string()),
  bands: z.array(
    z.object({
      from: z.number(),
      to: z.number(),
      traceCount: z.number(),
      shortestNanos: duration.nullable(),
      longestNanos: duration.nullable(),
      operations: z.array(
        z.object({
          service: z.string(),
          operation: z.string(),
          criticalPathNanos: duration,
          share,
        }),
      ),
    }),
  ),
});
