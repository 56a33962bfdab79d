// GET /api/culprit/dependencies: who calls whom, how often it fails and how long it takes.

import { z } from "zod";
import { duration, unixNano } from "./units.ts";

export interface ServiceDependency {
  parent: string;
  /** May be the parent itself: calls inside one service. */
  child: string;
  callCount: number;
  /** Calls of which the called span has the status ERROR. */
  errorCount: number;
  /** Of the called spans, within 1 %. */
  p95Nanos: number;
}

export interface Dependencies {
  /** A trace counts when its root starts in it, both bounds inside. */
  window: { startMinUnixNano: string; startMaxUnixNano: string };
  /** By parent, then child. */
  dependencies: ServiceDependency[];
}

const count = z.int().nonnegative();

export const dependencies: z.ZodType<Dependencies> = z.object({
  window: z.object({ startMinUnixNano: unixNano, startMaxUnixNano: unixNano }),
  dependencies: z.array(
    z.object({
      parent: z.string(),
      child: z.string(),
      callCount: count,
      errorCount: count,
      p95Nanos: duration,
    }),
  ),
});
