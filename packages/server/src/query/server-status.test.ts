import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type DoorStatus, status } from "@culprit/api";
import { encodeOtlpProtobuf } from "@culprit/wire";
import { postOtlp, startTestServer, type TestServer } from "../../test/running-server.ts";
import { sampleSpan } from "../../test/sample-spans.ts";

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
