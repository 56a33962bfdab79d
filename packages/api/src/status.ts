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
  /** Of a door over UDP, where nobody is answered. */
  packets?: PacketFigures | undefined;
}

export interface PacketFigures {
  receivedPackets: number;
  /** Of these, packets that could not be read. */
  malformedPackets: number;
  /** Of these, packets that were not kept because the disk was behind or away. */
  droppedPackets: number;
  /** Numbers of packets that clients passed over: lost on the way, or among the malformed and dropped. */
  lostPackets: number;
  /** Of these, packets that came after all. */
  latePackets: number;
  /** Spans that clients say they lost before sending. */
  clientDroppedSpans: number;
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
      packets: z
        .object({
          receivedPackets: count,
          malformedPackets: count,
          droppedPackets: count,
          lostPackets: count,
          latePackets: count,
          clientDroppedSpans: count,
        })
        .optional(),
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
