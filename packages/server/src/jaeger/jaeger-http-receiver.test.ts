import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { after, beforeEach, test } from "node:test";
import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { StoreUnavailable } from "@culprit/store";
import { batchOf, batchSpan, thriftBatch } from "../../../wire/test/jaeger-batch.ts";
import { CollectingWriter } from "../../test/collecting-writer.ts";
import { type Reply, type Sent, sendHttp } from "../../test/send-http.ts";
import type { AcceptingReceiver } from "../accepting-receiver.ts";
import { BufferPool } from "../buffer-pool.ts";
import { ByteBudget } from "../byte-budget.ts";
import { newHttpServer } from "../http-door.ts";
import { Metrics } from "../metrics.ts";
import { SpanIntake } from "../span-intake.ts";
import { createJaegerHttpReceiver } from "./jaeger-http-receiver.ts";

const MAX_BODY_BYTES = 1 << 20;
const THRIFT = "application/x-thrift";

let writer: CollectingWriter;
let budget: ByteBudget;
let metrics: Metrics;
let receiver: AcceptingReceiver;

beforeEach(() => {
  writer = new CollectingWriter();
  budget = new ByteBudget(4 << 20);
  metrics = new Metrics();
  receiver = createJaegerHttpReceiver({
    intake: new SpanIntake(writer, metrics),
    metrics,
    limits: { maxBodyBytes: MAX_BODY_BYTES, budget, pool: new BufferPool() },
    sampling: (service) => ({ strategyType: "PROBABILISTIC", asked: service }),
  });
});

const server = newHttpServer((request, response, expectsContinue) => {
  void receiver.handle(request, response, expectsContinue);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address() as AddressInfo;
after(() => {
  server.closeAllConnections();
  server.close();
});

const bytes = thriftBatch(batchOf(batchSpan({ name: "one" }), batchSpan({ name: "two" })));

function send({ headers = { "content-type": THRIFT }, ...request }: Sent): Promise<Reply> {
  return sendHttp(port, { path: "/api/traces", body: bytes, headers, ...request });
}

const TAKEN: readonly (readonly [string, Sent])[] = [
  ["a batch", {}],
  ["a batch in chunks", { isChunked: true }],
  [
    "the other name of the type",
    { headers: { "content-type": "application/vnd.apache.thrift.binary" } },
  ],
  [
    "a type with parameters, in any case",
    { headers: { "content-type": "Application/X-Thrift; protocol=TBINARY" } },
  ],
  ["the format that old clients name", { path: "/api/traces?format=jaeger.thrift" }],
  [
    "gzip",
    { headers: { "content-type": THRIFT, "content-encoding": "gzip" }, body: gzipSync(bytes) },
  ],
  [
    "deflate in chunks",
    {
      headers: { "content-type": THRIFT, "content-encoding": "deflate" },
      body: deflateSync(bytes),
      isChunked: true,
    },
  ],
  [
    "zstd",
    {
      headers: { "content-type": THRIFT, "content-encoding": "zstd" },
      body: zstdCompressSync(bytes),
    },
  ],
];

for (const [what, request] of TAKEN) {
  test(`${what} is taken and answered 202 with an empty body`, async () => {
    const reply = await send(request);
    assert.equal(reply.status, 202);
    assert.equal(reply.body.length, 0);
    assert.deepEqual(
      writer.spans.map(({ name }) => name),
      ["one", "two"],
    );
    assert.equal(budget.usedBytes, 0);
  });
}

const REFUSED: readonly (readonly [string, Sent, status: number, text: RegExp])[] = [
  [
    "another type",
    { headers: { "content-type": "application/JSON; charset=utf-8" } },
    400,
    /^Unsupported content type: application\/json\n$/,
  ],
  ["no type", { headers: {} }, 400, /^Cannot parse content type: no media type\n$/],
  [
    "a type that is none",
    { headers: { "content-type": `${THRIFT}; nothing` } },
    400,
    /^Cannot parse content type: invalid media parameter/,
  ],
  [
    "an empty body",
    { body: "" },
    400,
    /^Unable to process request body: malformed Thrift at byte 0/,
  ],
  [
    "a batch that is cut off",
    { body: bytes.subarray(0, 40) },
    400,
    /^Unable to process request body: malformed Thrift at byte 3\d/,
  ],
  [
    "gzip that is none",
    { headers: { "content-type": THRIFT, "content-encoding": "gzip" } },
    400,
    /^Unable to process request body: the body is not valid gzip/,
  ],
  [
    "an encoding that is not known",
    { headers: { "content-type": THRIFT, "content-encoding": "br" } },
    415,
    /^unsupported content encoding "br"; supported: gzip, deflate/,
  ],
  ["a body over the limit", { body: Buffer.alloc(MAX_BODY_BYTES + 1) }, 413, /1048576 bytes/],
  [
    "a body over the limit in chunks",
    { body: Buffer.alloc(MAX_BODY_BYTES + 1), isChunked: true },
    413,
    /1048576 bytes/,
  ],
  [
    "a body over the limit when unpacked",
    {
      headers: { "content-type": THRIFT, "content-encoding": "gzip" },
      body: gzipSync(Buffer.alloc(100 << 20)),
    },
    413,
    /1048576 bytes/,
  ],
  ["another path", { path: "/api/v2/spans" }, 404, /POST \/api\/traces/],
  ["another method", { method: "PUT" }, 405, /PUT is not supported; use POST/],
];

for (const [what, request, status, text] of REFUSED) {
  test(`${what} is a ${status} that says so in plain text`, async () => {
    const reply = await send(request);
    assert.equal(reply.status, status);
    assert.match(reply.body.toString(), text);
    assert.equal(reply.headers["content-type"], "text/plain; charset=utf-8");
    assert.equal(writer.spans.length, 0);
    assert.equal(budget.usedBytes, 0);
  });
}

test("while the writer is overloaded a request is refused before its body is read", async () => {
  writer.overloaded = true;
  const reply = await send({
    headers: { "content-type": THRIFT, expect: "100-continue" },
    body: "",
  });
  assert.equal(reply.status, 503);
  assert.equal(reply.headers["retry-after"], "1");
});

test("bodies beyond the bytes in flight are a 503, and taken when the others are gone", async () => {
  assert.ok(budget.reserve(budget.limitBytes - 10));
  assert.equal((await send({})).status, 503);
  assert.equal((await send({ isChunked: true })).status, 503);
  budget.release(budget.limitBytes - 10);
  assert.equal((await send({})).status, 202);
});

test("a store that cannot write is a 503 that may be retried", async () => {
  writer.commit = async () => {
    throw new StoreUnavailable("disk full");
  };
  const reply = await send({});
  assert.equal(reply.status, 503);
  assert.ok(Number(reply.headers["retry-after"]) >= 1);
  assert.match(reply.body.toString(), /disk full/);
});

test("the answer waits for the commit", async () => {
  const commit = Promise.withResolvers<void>();
  writer.commit = () => commit.promise;
  let isAnswered = false;
  const reply = send({}).then((answer) => {
    isAnswered = true;
    return answer;
  });
  // Another request, refused at once, shows that the first one could have been answered by now.
  await send({ method: "PUT" });
  assert.equal(isAnswered, false);
  commit.resolve();
  assert.equal((await reply).status, 202);
});

test("a span that cannot be kept is counted, the others are kept", async () => {
  const lost = batchSpan({ spanId: "0".repeat(16) });
  assert.equal((await send({ body: thriftBatch(batchOf(lost, batchSpan())) })).status, 202);
  await send({ body: "x" });
  await send({ headers: { "content-type": "text/plain" } });
  const text = await metrics.registry.metrics();
  assert.match(text, /culprit_received_spans_total\{receiver="jaeger-http"\} 1\n/);
  assert.match(text, /culprit_rejected_spans_total\{receiver="jaeger-http"\} 1\n/);
  assert.match(text, /refused_requests_total\{receiver="jaeger-http",reason="malformed"\} 1\n/);
  assert.match(text, /refused_requests_total\{receiver="jaeger-http",reason="unsupported"\} 1\n/);
});

test("a sampling strategy is asked for by one service", async () => {
  const ask = (path: string, method = "GET") => sendHttp(port, { method, path });
  const reply = await ask("/api/sampling?service=my%20shop");
  assert.equal(reply.status, 200);
  assert.equal(reply.headers["content-type"], "application/json");
  assert.equal(JSON.parse(reply.body.toString()).asked, "my shop");
  for (const path of ["/api/sampling", "/api/sampling?service=a&service=b"]) {
    const refused = await ask(path);
    assert.equal(refused.status, 400);
    assert.equal(refused.body.toString(), "'service' parameter must be provided once\n");
  }
  assert.equal((await ask("/api/sampling?service=a", "POST")).status, 405);
});
