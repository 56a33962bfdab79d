// `culprit profile --json`, GET /api/culprit/profile: the critical path summed over many traces.

import { z } from "zod";
import { duration } from "./units.ts";

export interface ProfileOperation {
  service: string;
  operation: string;
  criticalPathNanos: number;
  /** Of the band's critical path, 0 to 1. */
  share: number;
}

/** Traces whose root's duration lies from percentile `from` (inclusive) to `to` (exclusive; inclusive at 100). */
export interface ProfileBand {
  from: number;
  to: number;
  traceCount: number;
  /** The largest first. */
  operations: ProfileOperation[];
}

export interface Profile {
  traceCount: number;
  bands: ProfileBand[];
}

const share = z.number().min(0).max(1);

export const profile: z.ZodType<Profile> = z.object({
  traceCount: z.number(),
  bands: z.array(
    z.object({
      from: z.number(),
      to: z.number(),
      traceCount: z.number(),
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
