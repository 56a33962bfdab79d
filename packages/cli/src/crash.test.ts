// What was acknowledged is on disk: ten times in a row the server is killed in the middle of a load and started again
// on its folder. What was not acknowledged is sent again, as exporters do; no span shows twice for it.
// kill -9 spares the kernel's page cache, so that the flushing itself is seen in the engine's own counters.

import assert from "node:assert/strict";
import { test } from "node:test";
import { tracePage } from "@culprit/api";
import { NO_ATTRIBUTES, type Span, SpanKind, StatusCode } from "@culprit/trace-model";
import { encodeOtlpProtobuf } from "@culprit/wire";
import { FREE_PORTS, type Serving, serve, temporaryFolder } from "../test/culprit-process.ts";

const ROUNDS = 10;
const CONNECTIONS = 16;
const SPANS_PER_REQUEST = 64;

function traceIdOf(request: number): string {
  return `c${request.toString(16).padStart(31, "0")}`;
}

/** One request is one trace, so that what a trace shows is what its request brought. */
function requestBody(request: number): Buffer<ArrayBuffer> {
  const startUnixNano = 1_795_000_000_000_000_000n + BigInt(request) * 1_000_000n;
  const shared = {
    traceState: "",
    flags: 1,
    kind: SpanKind.internal,
    startUnixNano,
    endUnixNano: startUnixNano + 1_000_000n,
    attributes: new Map([["request", String(request)]]),
    droppedAttributesCount: 0,
    events: [],
    droppedEventsCount: 0,
    links: [],
    droppedLinksCount: 0,
    statusCode: StatusCode.unset,
    statusMessage: "",
    resource: {
      attributes: new Map([["service.name", "loader"]]),
      droppedAttributesCount: 0,
      schemaUrl: "",
    },
    scope: {
      name: "",
      version: "",
      attributes: NO_ATTRIBUTES,
      droppedAttributesCount: 0,
      schemaUrl: "",
    },
  };
  const spans = Array.from({ length: SPANS_PER_REQUEST }, (_, n): Span => {
    const spanId = (n + 1).toString(16).padStart(16, "0");
    const parentSpanId = n === 0 ? "" : "0000000000000001";
    return { ...shared, traceId: traceIdOf(request), spanId, parentSpanId, name: `span ${n}` };
  });
  return Buffer.from(encodeOtlpProtobuf(spans));
}

/** Sends requests until the server is killed; knows which were acknowledged and which must be sent again. */
class Loader {
  readonly acked = new Set<number>();
  readonly #unacked: number[] = [];
  #next = 0;

  /** @param enough acknowledgements after which `kill` is called, while other requests are on their way */
  async run(url: string, enough: number, kill: () => Promise<unknown>): Promise<void> {
    const goal = this.acked.size + enough;
    let killed: Promise<unknown> | undefined;
    const send = async (): Promise<void> => {
      for (let isAlive = true; isAlive; ) {
        const request = this.#unacked.pop() ?? this.#next++;
        isAlive = await post(url, requestBody(request));
        if (isAlive) this.acked.add(request);
        else this.#unacked.push(request);
        if (this.acked.size >= goal) killed ??= kill();
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, send));
    assert.equal(
      this.#unacked.length,
      CONNECTIONS,
      "every connection was in the middle of a request",
    );
    await killed;
  }
}

async function post(url: string, body: Buffer<ArrayBuffer>): Promise<boolean> {
  const headers = { "content-type": "application/x-protobuf" };
  try {
    const response = await fetch(`${url}/v1/traces`, { method: "POST", headers, body });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    // The server was killed.
    return false;
  }
}

async function counters(server: Serving): Promise<{ fileSyncs: number; commits: number }> {
  const text = await (await fetch(`${server.url("query")}/metrics`)).text();
  const read = (name: string): number =>
    Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1] ?? Number.NaN);
  return {
    fileSyncs: read("culprit_engine_file_syncs_total"),
    commits: read("culprit_block_spans_count"),
  };
}

async function assertShownOnce(server: Serving, requests: Iterable<number>): Promise<void> {
  for (const request of requests) {
    const response = await fetch(`${server.url("query")}/api/culprit/traces/${traceIdOf(request)}`);
    assert.equal(response.status, 200, `acknowledged request ${request} is gone`);
    const { spans } = tracePage.parse(await response.json());
    assert.equal(spans.spanId.length, SPANS_PER_REQUEST);
    assert.equal(new Set(spans.spanId).size, SPANS_PER_REQUEST);
  }
}

test(`${ROUNDS} kills in the middle of a load lose nothing that was acknowledged`, async (t) => {
  const data = await temporaryFolder(t);
  const loader = new Loader();
  const checked = new Set<number>();
  for (let round = 0; round < ROUNDS; round++) {
    const server = await serve(t, ["--data", data, ...FREE_PORTS]);
    await assertShownOnce(
      server,
      [...loader.acked].filter((request) => !checked.has(request)),
    );
    for (const request of loader.acked) checked.add(request);

    const before = await counters(server);
    let during = before;
    await loader.run(server.url("otlp-http"), 20 + 7 * round, async () => {
      during = await counters(server);
      return server.end("SIGKILL");
    });
    const commits = during.commits - before.commits;
    assert.ok(commits > 0);
    assert.ok(during.fileSyncs - before.fileSyncs >= commits, "every commit is flushed to disk");
  }
  const server = await serve(t, ["--data", data, ...FREE_PORTS]);
  assert.ok(loader.acked.size > ROUNDS * 20);
  await assertShownOnce(server, loader.acked);
  assert.equal((await server.end("SIGTERM")).code, 0);
});
