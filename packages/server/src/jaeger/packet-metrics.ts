// What the doors that answer nobody say about themselves at /metrics.

import { Counter, type Registry } from "prom-client";
import type { PacketStatus } from "./jaeger-packet-receiver.ts";

/** Refusals are counted with those of all doors, in culprit_refused_requests_total. */
export function observePackets(registry: Registry, statuses: () => readonly PacketStatus[]): void {
  const count = (name: string, help: string, value: (status: PacketStatus) => number) =>
    new Counter({
      name,
      help,
      labelNames: ["receiver"],
      registers: [registry],
      collect() {
        this.reset();
        for (const status of statuses()) this.inc({ receiver: status.door }, value(status));
      },
    });
  count("culprit_received_packets_total", "Packets of UDP that came", (s) => s.receivedPackets);
  count(
    "culprit_lost_packets_total",
    "Packets that clients numbered and that did not come",
    (s) => s.lostPackets,
  );
  count(
    "culprit_late_packets_total",
    "Of the lost packets, those that came late",
    (s) => s.latePackets,
  );
  count(
    "culprit_client_dropped_spans_total",
    "Spans that clients say they lost before sending",
    (s) => s.clientDroppedSpans,
  );
}
