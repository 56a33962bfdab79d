import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type DoorStatus, status } from "@culprit/api";
import { encodeOtlpProtobuf } from "@culprit/wire";
import { postOtlp, startTestServer, type TestServer } from "../../test/running-server.ts";
import { sampleSpan } from "../../test/sample-spans.ts";
import { Metrics } from "../metrics.ts";
import { serverStatus } from "./server-status.ts";

const NOTHING_WRITTEN = {
  pendingSpans: 0,
  pendingBytes: 0,
  committedSpans: 0,
  committedBlocks: 0,
  waitingShare: 0,
};
const IDLE = {
  judgedUntil: 0n,
  lagNanos: 0,
  judgedTraces: 0,
  judgedSpans: 0,
  unjudgedTraces: 0,
  failedTurns: 0,
};

let server: TestServer;
before(async () => {
  server = await startTestServer();
});
after(() => server.close());

async function read() {
  return status.parse(await (await fetch(`${server.url("query")}/api/culprit/status`)).json());
}

const named = (doors: readonly DoorStatus[], name: string): DoorStatus | undefined =>
  doors.find((door) => door.name === name);

test("the status counts for each door what came through it, and what was refused and why", async () => {
  const fresh = await read();
  assert.deepEqual(named(fresh.doors, "otlp-grpc"), {
    name: "otlp-grpc",
    address: server.server.addresses.get("otlp-grpc"),
    spans: 0,
    rejectedSpans: 0,
    refusedRequests: {},
  });
  assert.equal(named(fresh.doors, "query"), undefined, "no spans come through it");
  assert.equal(fresh.writer.overloaded, false);

  const url = server.url("otlp-http");
  const two = encodeOtlpProtobuf([sampleSpan(), sampleSpan({ spanId: "00f067aa0ba902b8" })]);
  assert.equal((await postOtlp(url, new Uint8Array(two))).status, 200);
  for (let i = 0; i < 3; i++) {
    assert.equal((await postOtlp(url, Uint8Array.of(255, 255, 255))).status, 400);
  }
  const { doors, writer } = await read();
  const { spans, refusedRequests } = named(doors, "otlp-http") as DoorStatus;
  assert.deepEqual([spans, refusedRequests], [2, { malformed: 3 }]);
  assert.deepEqual([writer.committedSpans, writer.pendingSpans], [2, 0]);
});

test("what is known of packets stands with their door", async () => {
  const packets = {
    receivedPackets: 9,
    malformedPackets: 1,
    droppedPackets: 0,
    lostPackets: 2,
    latePackets: 1,
    clientDroppedSpans: 4,
  };
  const { doors } = status.parse(
    await serverStatus({
      metrics: new Metrics(),
      addresses: new Map([
        ["jaeger-compact", "127.0.0.1:6831"],
        ["jaeger-http", "127.0.0.1:14268"],
      ]),
      writer: { status: NOTHING_WRITTEN, overloaded: false },
      verdicts: { status: IDLE },
      packets: () => [{ door: "jaeger-compact", ...packets }],
    }),
  );
  assert.deepEqual(named(doors, "jaeger-compact")?.packets, packets);
  assert.equal(named(doors, "jaeger-http")?.packets, undefined);
});
