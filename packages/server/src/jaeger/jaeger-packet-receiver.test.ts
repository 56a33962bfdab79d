import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { StoreUnavailable } from "@culprit/store";
import {
  type Batch,
  batchOf,
  batchSpan,
  oldThriftPacket,
  thriftPacket,
} from "../../../wire/test/jaeger-batch.ts";
import { CollectingWriter } from "../../test/collecting-writer.ts";
import { Metrics } from "../metrics.ts";
import { SpanIntake } from "../span-intake.ts";
import { JaegerPacketReceiver } from "./jaeger-packet-receiver.ts";
import { observePackets } from "./packet-metrics.ts";

let writer: CollectingWriter;
let metrics: Metrics;
let lines: string[];
let receiver: JaegerPacketReceiver;

beforeEach(() => {
  writer = new CollectingWriter();
  metrics = new Metrics();
  lines = [];
  receiver = new JaegerPacketReceiver("jaeger-compact", new SpanIntake(writer, metrics), (line) =>
    lines.push(line),
  );
  observePackets(metrics.registry, () => [receiver.status]);
});

function take(packet: Uint8Array, port = 40_000): void {
  const from = { address: "127.0.0.1", family: "IPv4" as const, port, size: packet.length };
  receiver.take(Buffer.from(packet), from);
}

const plain = batchOf(batchSpan());

test("either protocol is taken on one port", async () => {
  take(thriftPacket("compact", plain));
  take(thriftPacket("binary", plain));
  take(oldThriftPacket(plain));
  await receiver.settled();
  assert.equal(writer.spans.length, 3);
  assert.equal(receiver.status.receivedPackets, 3);
  assert.deepEqual(lines, []);
});

test("a bad packet is counted and named in a line, and costs the others nothing", async () => {
  take(thriftPacket("compact", plain).subarray(0, 30), 40_001);
  for (let n = 0; n < 100; n++) take(Buffer.from(`nonsense\n${n}`));
  take(new Uint8Array(0));
  take(thriftPacket("compact", plain));
  await receiver.settled();
  assert.equal(writer.spans.length, 1);
  assert.equal(receiver.status.receivedPackets, 103);
  assert.equal(receiver.status.malformedPackets, 102);
  assert.equal(lines.length, 1);
  assert.match(
    lines[0] ?? "",
    /^jaeger-compact: a packet of 30 bytes from 127\.0\.0\.1:40001 cannot be read: malformed Thrift/,
  );
});

test("numbers that a client passes over are lost packets, whatever port it sends from", async () => {
  const numbered = (uuid: string, seqNo: bigint): Batch => ({
    ...plain,
    process: { serviceName: "s", tags: uuid === "" ? [] : [["client-uuid", uuid]] },
    seqNo,
  });
  take(thriftPacket("compact", numbered("a", 1n)), 1);
  take(thriftPacket("compact", numbered("a", 4n)), 2);
  take(thriftPacket("compact", numbered("b", 9n)), 2);
  take(thriftPacket("compact", numbered("", 1n)), 3);
  take(thriftPacket("compact", numbered("", 3n)), 3);
  take(thriftPacket("compact", numbered("", 5n)), 4);
  take(thriftPacket("compact", numbered("a", 3n)), 5);
  await receiver.settled();
  assert.equal(receiver.status.lostPackets, 3);
  assert.equal(receiver.status.latePackets, 1);
  const text = await metrics.registry.metrics();
  assert.match(text, /culprit_received_packets_total\{receiver="jaeger-compact"\} 7\n/);
  assert.match(text, /culprit_lost_packets_total\{receiver="jaeger-compact"\} 3\n/);
  assert.match(text, /culprit_late_packets_total\{receiver="jaeger-compact"\} 1\n/);
});

test("what clients say they lost is added up", async () => {
  take(thriftPacket("compact", { ...plain, seqNo: 1n, stats: [1n, 2n, 4n] }));
  await receiver.settled();
  assert.equal(receiver.status.clientDroppedSpans, 7);
});

test("while the writer is overloaded packets are dropped and counted", async () => {
  writer.overloaded = true;
  for (let n = 0; n < 5; n++) take(thriftPacket("compact", plain));
  writer.overloaded = false;
  take(thriftPacket("compact", plain));
  await receiver.settled();
  assert.equal(writer.spans.length, 1);
  assert.equal(receiver.status.droppedPackets, 5);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /^jaeger-compact: a packet is dropped: too much waits for the disk/);
  const text = await metrics.registry.metrics();
  assert.match(text, /receiver="jaeger-compact",reason="overloaded"\} 5\n/);
});

test("packets of a block that cannot be written are dropped and counted", async () => {
  writer.commit = async () => {
    throw new StoreUnavailable("disk full");
  };
  take(thriftPacket("compact", plain));
  await receiver.settled();
  assert.equal(receiver.status.droppedPackets, 1);
  assert.match(lines[0] ?? "", /disk full/);
});

test("settled waits for the commits of all packets", async () => {
  const commit = Promise.withResolvers<void>();
  writer.commit = () => commit.promise;
  take(thriftPacket("compact", plain));
  take(thriftPacket("compact", plain));
  let isSettled = false;
  const settled = receiver.settled().then(() => {
    isSettled = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isSettled, false);
  commit.resolve();
  await settled;
  assert.equal(writer.spans.length, 2);
});
