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
  /** Of each door over UDP, where nobody is answered; absent when none is open. */
  packets?: PacketDoorStatus[] | undefined;
}

export interface PacketDoorStatus {
  /** As `--…-port` names it. */
  door: string;
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
  packets: z
    .array(
      z.object({
        door: z.string(),
        receivedPackets: count,
        malformedPackets: count,
        droppedPackets: count,
        lostPackets: count,
        latePackets: count,
        clientDroppedSpans: count,
      }),
    )
    .optional(),
});
