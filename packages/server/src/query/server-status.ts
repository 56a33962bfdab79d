// GET /api/culprit/status: how the server stands.

import type { DoorStatus, PacketFigures, Status } from "@culprit/api";
import type { SpanWriter } from "@culprit/store";
import type { DoorName } from "../door.ts";
import { isReceiver, type Metrics } from "../metrics.ts";
import type { VerdictPass } from "../verdicts/verdict-pass.ts";

export interface StatusParts {
  readonly metrics: Metrics;
  /** Of the doors that are open; a live view. */
  readonly addresses: ReadonlyMap<DoorName, string>;
  readonly writer: Pick<SpanWriter, "status" | "overloaded">;
  readonly verdicts: Pick<VerdictPass, "status">;
  /** Of the doors over UDP that are open. */
  readonly packets: () => readonly (PacketFigures & { readonly door: DoorName })[];
}

export async function serverStatus(parts: StatusParts): Promise<Status> {
  const { metrics, addresses, writer, verdicts, packets } = parts;
  const packetsOf = new Map(packets().map(({ door, ...figures }) => [door, figures]));
  const doors: DoorStatus[] = [];
  for (const [name, address] of addresses) {
    if (!isReceiver(name)) continue;
    const figures = packetsOf.get(name);
    doors.push({
      name,
      address,
      ...(await metrics.doorFigures(name)),
      ...(figures === undefined ? undefined : { packets: figures }),
    });
  }
  const { pendingSpans, pendingBytes, committedSpans } = writer.status;
  const { judgedUntil, ...figures } = verdicts.status;
  return {
    schema: 1,
    doors,
    writer: { pendingSpans, pendingBytes, committedSpans, overloaded: writer.overloaded },
    verdicts: { judgedUntilUnixNano: judgedUntil.toString(), ...figures },
  };
}
