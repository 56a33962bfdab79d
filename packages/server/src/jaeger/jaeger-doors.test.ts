// Jaeger's doors of a whole server: captured bytes, what is counted, and what a close keeps.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { status } from "@culprit/api";
import { openEmbeddedStore } from "@culprit/store";
import {
  type Batch,
  batchOf,
  batchSpan,
  thriftBatch,
  thriftPacket,
} from "../../../wire/test/jaeger-batch.ts";
import { fixtureBytes, fixturesIn, skip } from "../../../wire/test/shared-fixtures.ts";
import { jaegerTrace } from "../../test/jaeger-trace.ts";
import { startTestServer, type TestServer } from "../../test/running-server.ts";
import { spanIdOf, traceIdOf } from "../../test/sample-spans.ts";
import { sendHttp } from "../../test/send-http.ts";
import { sendPackets } from "../../test/send-packets.ts";
import { type DoorName, onlyDoors } from "../door.ts";
import { type RunningServer, startServer } from "../index.ts";

const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(":") + 1));

function doorOf(fixture: string): DoorName {
  if (fixture.includes("http")) return "jaeger-http";
  return fixture.includes("6831") ? "jaeger-compact" : "jaeger-binary";
}

function numbered(traceId: string, n: number): Batch {
  const span = batchSpan({ traceId, spanId: spanIdOf(n), name: `span ${n}` });
  return { ...batchOf(span), seqNo: BigInt(n) };
}

describe("Jaeger's doors", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.close());

  /** Trace, number of spans, and the one that has a parent. */
  const CAPTURED: Readonly<Record<string, readonly [string, number, string | undefined]>> = {
    "http14268-2.bin": ["a0299d7a6d46926d71f3c3797d5e96c3", 1, undefined],
    "http14268-python-1.bin": ["524db2d3260d1c003f1094112620ffb3", 2, "validate_order"],
    "udp6831-1.bin": ["e1fff1323f693ebd", 2, "rb-child"],
    "udp6831-python-1.bin": ["524db2d3260d1c003f1094112620ffb3", 2, "validate_order"],
    "udp6832-1.bin": ["c6c0abe124a0de83ebdeae13b066f4fe", 1, undefined],
  };

  async function receivedSpans(door: DoorName): Promise<number> {
    const text = await (await fetch(`${server.url("query")}/metrics`)).text();
    const line = new RegExp(`culprit_received_spans_total\\{receiver="${door}"\\} (\\d+)`);
    return Number(line.exec(text)?.[1] ?? 0);
  }

  for (const fixture of fixturesIn("wire").filter((name) => name.endsWith(".bin"))) {
    test(`${fixture} comes through its door, in chunks where that is HTTP`, { skip }, async () => {
      const bytes = fixtureBytes(fixture);
      const [traceId, spanCount, child] = CAPTURED[fixture.replace("wire/", "")] ?? ["", 0];
      const door = doorOf(fixture);
      const spansBefore = await receivedSpans(door);
      if (door === "jaeger-http") {
        const headers = { "content-type": "application/x-thrift" };
        const request = { path: "/api/traces", headers, body: bytes, isChunked: true };
        assert.equal((await sendHttp(portOf(server.url(door)), request)).status, 202);
      } else {
        await sendPackets(portOf(server.url(door)), [bytes]);
      }
      // Two of the captures are of one trace, so that it is there says nothing of the second.
      while ((await receivedSpans(door)) < spansBefore + spanCount) await setTimeout(10);
      const found = await jaegerTrace(server, traceId, spanCount);
      assert.equal(found.spans.length, spanCount);
      if (child === undefined) return;
      const parent = found.spans.find(({ operationName }) => operationName !== child);
      const [reference, ...others] = found.span(child).references;
      assert.equal(others.length, 0);
      assert.equal(reference?.refType, "CHILD_OF");
      assert.equal(reference?.spanID, parent?.spanID);
    });
  }

  test("packets that came, were bad and were lost are told", async () => {
    const port = portOf(server.url("jaeger-compact"));
    const packets = [1, 2, 5].map((n) => thriftPacket("compact", numbered(traceIdOf(1), n)));
    // The bad packet's own line of the log belongs to the test of the receiver.
    await sendPackets(port, packets);
    await jaegerTrace(server, traceIdOf(1), 3);
    const response = await fetch(`${server.url("query")}/api/culprit/status`);
    const { doors } = status.parse(await response.json());
    const overUdp = doors.filter(({ packets }) => packets !== undefined);
    assert.deepEqual(
      overUdp.map(({ name }) => name),
      ["jaeger-compact", "jaeger-binary"],
    );
    assert.equal(overUdp[0]?.packets?.lostPackets, 2);
    const metrics = await (await fetch(`${server.url("query")}/metrics`)).text();
    assert.match(metrics, /culprit_lost_packets_total\{receiver="jaeger-compact"\} 2\n/);
    assert.match(metrics, /culprit_lost_packets_total\{receiver="jaeger-binary"\} 0\n/);
  });
});

type Open = (ports: Parameters<typeof onlyDoors>[0]) => Promise<RunningServer>;

/** Opens servers, one after the other, on one folder. */
async function serversOnOneFolder(t: TestContext): Promise<Open> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "culprit-doors-"));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  return (ports) =>
    startServer({
      openStore: (hooks) => openEmbeddedStore(dataDir, hooks),
      ports: onlyDoors(ports),
    });
}

test("a close keeps what had come over UDP and HTTP, and frees the ports", async (t) => {
  const open = await serversOnOneFolder(t);
  const server = await open({ "jaeger-compact": 0, "jaeger-http": 0 });
  const packets = Array.from({ length: 50 }, (_, n) =>
    thriftPacket("compact", numbered(traceIdOf(2), n + 1)),
  );
  const udpPort = portOf(server.addresses.get("jaeger-compact") ?? "");
  await sendPackets(udpPort, packets);
  const httpPort = portOf(server.addresses.get("jaeger-http") ?? "");
  const reply = sendHttp(httpPort, {
    path: "/api/traces",
    headers: { "content-type": "application/x-thrift" },
    body: thriftBatch(numbered(traceIdOf(2), 51)),
  });
  assert.equal((await reply).status, 202);
  await server.close();

  const again = await open({ "jaeger-compact": udpPort, "jaeger-http": httpPort, query: 0 });
  const url = `http://${again.addresses.get("query")}/api/traces/${traceIdOf(2)}`;
  const { data } = (await (await fetch(url)).json()) as { data: { spans: unknown[] }[] };
  assert.equal(data[0]?.spans.length, 51);
  await again.close();
});

test("a port of TCP or UDP in use is one line that names port and flag", async (t) => {
  const open = await serversOnOneFolder(t);
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  t.after(() => taken.close());
  const address = taken.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  for (const name of ["jaeger-http", "jaeger-grpc"] as const) {
    await assert.rejects(open({ [name]: port }), {
      name: "DoorError",
      message: new RegExp(`:${port} \\(${name}\\) is in use: .*--${name}-port`),
    });
  }
});
