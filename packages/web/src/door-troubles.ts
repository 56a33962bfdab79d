import type { DoorStatus } from "@culprit/api";
import { plural } from "./time-format.ts";

/** What did not come through a door, one line a kind. */
export function doorTroubles({ refusedRequests, packets }: DoorStatus): string[] {
  const counts: readonly (readonly [count: number, noun: string, what: string])[] = [
    ...Object.entries(refusedRequests).map(
      ([reason, count]) => [count, "request", reason] as const,
    ),
    [packets?.malformedPackets ?? 0, "packet", "unreadable"],
    [packets?.droppedPackets ?? 0, "packet", "dropped: the disk was behind"],
    [packets?.lostPackets ?? 0, "packet", "lost"],
    [packets?.clientDroppedSpans ?? 0, "span", "lost before they were sent"],
  ];
  return counts
    .filter(([count]) => count > 0)
    .map(([count, noun, what]) => `${plural(count, noun)} ${what}`);
}
