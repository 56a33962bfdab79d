// GET /api/culprit/status: how the server stands.

import { z } from "zod";
import { unixNano } from "./units.ts";

export interface Status {
  schema: 1;
  verdicts: {
    /** Every trace whose last span arrived at or before it has its stored verdict; "0" before the first one. */
    judgedUntilUnixNano: string;
    /** By how much that is behind the traces that have gone quiet; 0 when nothing waits. */
    lagNanos: number;
    judgedTraces: number;
    judgedSpans: number;
    /** Too large, or judging failed. */
    unjudgedTraces: number;
    /** Turns that failed and were tried again. */
    failedTurns: number;
  };
}

const count = z.int().nonnegative();

export const status: z.ZodType<Status> = z.object({
  schema: z.literal(1),
  verdicts: z.object({
    judgedUntilUnixNano: unixNano,
    lagNanos: z.number().nonnegative(),
    judgedTraces: count,
    judgedSpans: count,
    unjudgedTraces: count,
    failedTurns: count,
  }),
});
