// GET /api/culprit/status: how the server stands.

import { z } from "zod";
import { unixNano } from "./units.ts";

/** What came through one door since the server started. */
export interface DoorStatus {
  /** As the ready line and the flags name it. */
  name: string;
  /** `host:port` */
  address: string;
  /** Taken in. */
  spans: number;
  /** Spans of requests that were taken in otherwise. */
  rejectedSpans: number;
  /** By reason; reasons that did not occur are left out. */
  refusedRequests: Record<string, number>;
  /** Of doors for packets: those that could not be read. */
  badPackets?: number | undefined;
  /** Of doors for packets: those that senders numbered and that never came. */
  lostPackets?: number | undefined;
}

export interface Status {
  schema: 1;
  /** Those that are open and take in spans. */
  doors: DoorStatus[];
  writer: {
    /** Taken in and not on disk yet. */
    pendingSpans: number;
    pendingBytes: number;
    /** On disk since the server started. */
    committedSpans: number;
    /** Whether requests are told to come back later. */
    overloaded: boolean;
  };
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
  doors: z.array(
    z.object({
      name: z.string(),
      address: z.string(),
      spans: count,
      rejectedSpans: count,
      refusedRequests: z.record(z.string(), count),
      badPackets: count.optional(),
      lostPackets: count.optional(),
    }),
  ),
  writer: z.object({
    pendingSpans: count,
    pendingBytes: count,
    committedSpans: count,
    overloaded: z.boolean(),
  }),
  verdicts: z.object({
    judgedUntilUnixNano: unixNano,
    lagNanos: z.number().nonnegative(),
    judgedTraces: count,
    judgedSpans: count,
    unjudgedTraces: count,
    failedTurns: count,
  }),
});
