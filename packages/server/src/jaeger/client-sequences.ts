// Clients that count their packets tell what was lost on the way: a number that is passed over. Those that count what
// they could not send tell that as well.

import type { JaegerClientStats } from "@culprit/wire";

interface Client {
  last: number;
  /** Numbers below `last` that were passed over and have not come since. */
  missing: number;
  dropped: JaegerClientStats;
}

/** Past it the client that has been silent longest is forgotten. */
const MAX_CLIENTS = 4096;

/** A number this much below the last is one that was overtaken; further below, the client has begun anew. */
const OVERTAKEN = 64;

const NONE_DROPPED: JaegerClientStats = {
  fullQueueDroppedSpans: 0,
  tooLargeDroppedSpans: 0,
  failedToEmitSpans: 0,
};

export class ClientSequences {
  /** Numbers that were passed over. */
  lostPackets = 0;
  /** Of these, packets that came after all. */
  latePackets = 0;
  /** Spans that clients say they lost before sending. */
  clientDroppedSpans = 0;
  readonly #clients = new Map<string, Client>();

  /** A packet that came, with what its client says. The first packet of a client says nothing of those before it. */
  seen(id: string, seqNo: number | undefined, stats: JaegerClientStats | undefined): void {
    if (seqNo === undefined && stats === undefined) return;
    const client = this.#client(id, seqNo ?? 0);
    if (seqNo !== undefined) this.#count(client, seqNo);
    if (stats !== undefined) {
      this.clientDroppedSpans += droppedSince(client.dropped, stats);
      client.dropped = stats;
    }
  }

  #client(id: string, seqNo: number): Client {
    const known = this.#clients.get(id);
    if (known !== undefined) {
      // Last in the map's order is who spoke last.
      this.#clients.delete(id);
      this.#clients.set(id, known);
      return known;
    }
    const [silent] = this.#clients.keys();
    if (this.#clients.size === MAX_CLIENTS && silent !== undefined) this.#clients.delete(silent);
    const client: Client = { last: seqNo, missing: 0, dropped: NONE_DROPPED };
    this.#clients.set(id, client);
    return client;
  }

  #count(client: Client, seqNo: number): void {
    if (seqNo > client.last) {
      const passedOver = seqNo - client.last - 1;
      client.missing += passedOver;
      this.lostPackets += passedOver;
      client.last = seqNo;
    } else if (seqNo < client.last) {
      if (client.last - seqNo <= OVERTAKEN && client.missing > 0) {
        client.missing--;
        this.latePackets++;
      } else {
        client.last = seqNo;
        client.missing = 0;
      }
    }
  }
}

/** Their counts only grow; a smaller one is that of a client that has begun anew. */
function droppedSince(before: JaegerClientStats, now: JaegerClientStats): number {
  const since = (earlier: number, later: number): number =>
    Math.max(0, later >= earlier ? later - earlier : later);
  return (
    since(before.fullQueueDroppedSpans, now.fullQueueDroppedSpans) +
    since(before.tooLargeDroppedSpans, now.tooLargeDroppedSpans) +
    since(before.failedToEmitSpans, now.failedToEmitSpans)
  );
}
