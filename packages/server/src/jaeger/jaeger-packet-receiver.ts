// Jaeger's agent: Thrift messages over UDP, a packet each, on the port of the compact protocol and on that of the
// binary one. Either protocol is taken on either port. Nobody is answered, so what goes wrong is counted and logged.
// https://www.jaegertracing.io/docs/1.60/apis/#thrift-over-udp-legacy

import type { RemoteInfo } from "node:dgram";
import { JaegerThriftDecoder } from "@culprit/wire";
import { addressText } from "../door.ts";
import { RateLimitedLog } from "../rate-limited-log.ts";
import type { SpanIntake } from "../span-intake.ts";
import { ClientSequences } from "./client-sequences.ts";

export type PacketDoor = "jaeger-compact" | "jaeger-binary";

export interface PacketStatus {
  readonly door: PacketDoor;
  readonly receivedPackets: number;
  /** Of these, packets that could not be read. */
  readonly malformedPackets: number;
  /** Of these, packets that were not kept because the disk was behind or away. */
  readonly droppedPackets: number;
  /** See {@link ClientSequences}. */
  readonly lostPackets: number;
  readonly latePackets: number;
  readonly clientDroppedSpans: number;
}

/** Packets that wait for their commit; of small ones the bytes alone would let in a million. */
const MAX_WAITING_PACKETS = 65_536;

export class JaegerPacketReceiver {
  readonly #door: PacketDoor;
  readonly #intake: SpanIntake;
  readonly #decoder = new JaegerThriftDecoder();
  readonly #sequences = new ClientSequences();
  readonly #badLog: RateLimitedLog;
  readonly #droppedLog: RateLimitedLog;
  #receivedPackets = 0;
  #malformedPackets = 0;
  #droppedPackets = 0;
  #waiting = 0;
  #settled: (() => void) | undefined;

  constructor(door: PacketDoor, intake: SpanIntake, write?: (line: string) => void) {
    this.#door = door;
    this.#intake = intake;
    this.#badLog = new RateLimitedLog(write);
    this.#droppedLog = new RateLimitedLog(write);
  }

  get status(): PacketStatus {
    const { lostPackets, latePackets, clientDroppedSpans } = this.#sequences;
    return {
      door: this.#door,
      receivedPackets: this.#receivedPackets,
      malformedPackets: this.#malformedPackets,
      droppedPackets: this.#droppedPackets,
      lostPackets,
      latePackets,
      clientDroppedSpans,
    };
  }

  take(packet: Buffer, from: RemoteInfo): void {
    this.#receivedPackets++;
    const refusal =
      this.#waiting >= MAX_WAITING_PACKETS
        ? this.#intake.overloaded(this.#door)
        : this.#intake.refusal(this.#door);
    if (refusal === undefined) void this.#keep(packet, from);
    else this.#drop(refusal.message);
  }

  /** When every packet that was taken is on disk or counted as dropped. */
  async settled(): Promise<void> {
    if (this.#waiting === 0) return;
    await new Promise<void>((resolve) => {
      this.#settled = resolve;
    });
  }

  async #keep(packet: Buffer, from: RemoteInfo): Promise<void> {
    this.#waiting++;
    try {
      await this.#takeIn(packet, from);
    } catch (error) {
      console.error(`${this.#door}: a packet failed:`, error);
    }
    this.#waiting--;
    if (this.#waiting === 0) this.#settled?.();
  }

  async #takeIn(packet: Buffer, from: RemoteInfo): Promise<void> {
    const sender = addressText(from.address, from.port);
    const outcome = await this.#intake.take(this.#door, packet.length, (sink) => {
      const decoded = this.#decoder.decodeMessage(packet, sink);
      const id = decoded.resource.attributes.get("client-uuid");
      const client = typeof id === "string" ? id : sender;
      this.#sequences.seen(client, decoded.seqNo, decoded.clientStats);
      return decoded;
    });
    if (outcome.kind === "malformed") {
      this.#malformedPackets++;
      this.#badLog.line(
        `${this.#door}: a packet of ${packet.length} bytes from ${sender} cannot be read: ${outcome.message}`,
      );
    } else if (outcome.kind === "retry") {
      this.#drop(outcome.message);
    }
  }

  #drop(reason: string): void {
    this.#droppedPackets++;
    this.#droppedLog.line(`${this.#door}: a packet is dropped: ${reason}`);
  }
}
