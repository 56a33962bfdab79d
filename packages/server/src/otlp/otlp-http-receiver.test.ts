import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { after, beforeEach, test } from "node:test";
import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { StoreUnavailable } from "@culprit/store";
import { encodeOtlpJson, encodeOtlpProtobuf } from "@culprit/wire";
import { CollectingWriter } from "../../test/collecting-writer.ts";
import { sampleSpan } from "../../test/sample-spans.ts";
import { type Reply, type SentRequest, sendRequest } from "../../test/send-request.ts";
import { BufferPool } from "../buffer-pool.ts";
import { ByteBudget } from "../byte-budget.ts";
import { newHttpServer } from "../http-door.ts";
import { Metrics } from "../metrics.ts";
import { SpanIntake } from "../span-intake.ts";
import { OtlpHttpReceiver } from "./otlp-http-receiver.ts";

const MAX_BODY_BYTES = 1 << 20;
const MAX_JSON_BODY_BYTES = 1 << 18;
const PROTOBUF = "application/x-protobuf";
const JSON_TYPE = "application/json";

let writer: CollectingWriter;
let budget: ByteBudget;
let metrics: Metrics;
let receiver: OtlpHttpReceiver;

beforeEach(() => {
  writer = new CollectingWriter();
  budget = new ByteBudget(4 << 20);
  metrics = new Metrics();
  const limits = {
    maxBodyBytes: MAX_BODY_BYTES,
    maxJsonBodyBytes: MAX_JSON_BODY_BYTES,
    budget,
    pool: new BufferPool(),
  };
  receiver = new OtlpHttpReceiver(new SpanIntake(writer, metrics), metrics, limits);
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

const send = (request: SentRequest): Promise<Reply> =>
  sendRequest(port, { path: "/v1/traces", ...request });

const bytes = Buffer.from(encodeOtlpProtobuf([sampleSpan()]));
const json = encodeOtlpJson([sampleSpan()]);

const TAKEN: readonly (readonly [string, SentRequest])[] = [
  ["protobuf", { headers: { "content-type": PROTOBUF }, body: bytes }],
  ["protobuf in chunks", { headers: { "content-type": PROTOBUF }, body: bytes, isChunked: true }],
  ["JSON", { headers: { "content-type": JSON_TYPE }, body: json }],
  [
    "a content type in any case, with parameters",
    { headers: { "content-type": "Application/JSON; charset=utf-8" }, body: json },
  ],
  [
    "gzip",
    { headers: { "content-type": PROTOBUF, "content-encoding": "gzip" }, body: gzipSync(bytes) },
  ],
  [
    "GZIP",
    { headers: { "content-type": JSON_TYPE, "content-encoding": "GZIP" }, body: gzipSync(json) },
  ],
  [
    "deflate",
    {
      headers: { "content-type": PROTOBUF, "content-encoding": "deflate" },
      body: deflateSync(bytes),
    },
  ],
  [
    "deflate without its envelope",
    {
      headers: { "content-type": PROTOBUF, "content-encoding": "deflate" },
      body: deflateRawSync(bytes),
    },
  ],
  [
    "zstd",
    {
      headers: { "content-type": PROTOBUF, "content-encoding": "zstd" },
      body: zstdCompressSync(bytes),
    },
  ],
  [
    "the identity encoding",
    { headers: { "content-type": PROTOBUF, "content-encoding": "identity" }, body: bytes },
  ],
  [
    "a body after 100-continue",
    { headers: { "content-type": PROTOBUF, expect: "100-continue" }, body: bytes },
  ],
];

for (const [what, sent] of TAKEN) {
  test(`${what} is taken, and answered empty in its own type`, async () => {
    const reply = await send(sent);
    assert.equal(reply.status, 200, reply.body.toString());
    const isJson = sent.headers?.["content-type"] !== PROTOBUF;
    assert.equal(reply.headers["content-type"], isJson ? JSON_TYPE : PROTOBUF);
    assert.equal(reply.body.toString(), isJson ? "{}" : "");
    assert.deepEqual(writer.spans, [sampleSpan()]);
    assert.equal(budget.usedBytes, 0);
  });
}

test("an empty request succeeds", async () => {
  for (const [type, body] of [
    [PROTOBUF, ""],
    [JSON_TYPE, "{}"],
    [JSON_TYPE, '{"resourceSpans":[]}'],
  ] as const) {
    assert.equal((await send({ headers: { "content-type": type }, body })).status, 200);
  }
  assert.equal(writer.spans.length, 0);
});

test("a span without ids is rejected, and the others of its request are kept", async () => {
  const good = JSON.parse(json);
  const [spans] = good.resourceSpans[0].scopeSpans.map((scope: { spans: object[] }) => scope.spans);
  spans.push({ ...spans[0], traceId: "abc" }, { ...spans[0], spanId: "" });
  const reply = await send({ headers: { "content-type": JSON_TYPE }, body: JSON.stringify(good) });
  assert.equal(reply.status, 200);
  const { partialSuccess } = JSON.parse(reply.body.toString());
  assert.equal(partialSuccess.rejectedSpans, "2");
  assert.match(partialSuccess.errorMessage, /trace/i);
  assert.deepEqual(writer.spans, [sampleSpan()]);
});

test("what cannot be decoded is a 400 with a google.rpc.Status in the request's encoding", async () => {
  const truncated = await send({
    headers: { "content-type": PROTOBUF },
    body: bytes.subarray(0, 50),
  });
  assert.equal(truncated.status, 400);
  assert.equal(truncated.headers["content-type"], PROTOBUF);
  assert.deepEqual([...truncated.body.subarray(0, 2)], [8, 3], "INVALID_ARGUMENT");

  const broken = await send({ headers: { "content-type": JSON_TYPE }, body: "{nope" });
  assert.equal(broken.status, 400);
  assert.equal(JSON.parse(broken.body.toString()).code, 3);
  assert.equal(writer.spans.length, 0);
});

test("a body that is not what its encoding says is a 400", async () => {
  for (const encoding of ["gzip", "deflate", "zstd"]) {
    const headers = { "content-type": PROTOBUF, "content-encoding": encoding };
    assert.equal((await send({ headers, body: "not packed at all" })).status, 400, encoding);
  }
  const headers = { "content-type": PROTOBUF, "content-encoding": "gzip" };
  const cut = gzipSync(bytes).subarray(0, 60);
  assert.equal((await send({ headers, body: cut })).status, 400);
  assert.equal(budget.usedBytes, 0);
});

test("other content types are a 415 that lists ours", async () => {
  for (const type of ["text/plain", "application/protobuf", ""]) {
    const reply = await send({ headers: type === "" ? {} : { "content-type": type }, body: bytes });
    assert.equal(reply.status, 415);
    const status = JSON.parse(reply.body.toString());
    assert.match(status.message, /application\/x-protobuf, application\/json/);
  }
});

test("other content encodings are a 415 that lists ours", async () => {
  const headers = { "content-type": JSON_TYPE, "content-encoding": "br" };
  const reply = await send({ headers, body: "x" });
  assert.equal(reply.status, 415);
  assert.match(JSON.parse(reply.body.toString()).message, /gzip, deflate, zstd/);
});

test("other methods are a 405, other paths a 404", async () => {
  for (const method of ["GET", "PUT", "DELETE"]) {
    const reply = await send({ method });
    assert.equal(reply.status, 405);
    assert.equal(reply.headers.allow, "POST");
  }
  const elsewhere = await send({
    path: "/v1/metrics",
    headers: { "content-type": JSON_TYPE },
    body: "{}",
  });
  assert.equal(elsewhere.status, 404);
  assert.match(JSON.parse(elsewhere.body.toString()).message, /traces only/);
});

test("a body over the limit is a 413, claimed or chunked or unpacked", async () => {
  const large = Buffer.alloc(MAX_BODY_BYTES + 1);
  const claimed = await send({ headers: { "content-type": PROTOBUF }, body: large });
  assert.equal(claimed.status, 413);
  assert.deepEqual([...claimed.body.subarray(0, 2)], [8, 8], "RESOURCE_EXHAUSTED");
  assert.equal(claimed.headers["retry-after"], undefined);
  const chunked = await send({
    headers: { "content-type": PROTOBUF },
    body: large,
    isChunked: true,
  });
  assert.equal(chunked.status, 413);
  const bomb = gzipSync(Buffer.alloc(200 << 20));
  assert.ok(bomb.length < MAX_BODY_BYTES);
  const headers = { "content-type": PROTOBUF, "content-encoding": "gzip" };
  assert.equal((await send({ headers, body: bomb })).status, 413);
  assert.equal(budget.usedBytes, 0);
});

test("JSON has a limit of its own, packed or not, and is told to come as protobuf", async () => {
  const large = `{"resourceSpans":[{}${",{}".repeat(MAX_JSON_BODY_BYTES / 3)}]}`;
  const headers = { "content-type": JSON_TYPE };
  for (const sent of [
    { headers, body: large },
    { headers, body: large, isChunked: true },
    { headers: { ...headers, "content-encoding": "gzip" }, body: gzipSync(large) },
  ]) {
    const reply = await send(sent);
    assert.equal(reply.status, 413);
    assert.match(JSON.parse(reply.body.toString()).message, /262144 bytes.*JSON.*x-protobuf/);
  }
  assert.equal((await send({ headers, body: json })).status, 200);
  assert.equal(budget.usedBytes, 0);
});

test("a byte of JSON counts eightfold in the bytes in flight", async () => {
  const spans = Array.from({ length: 20 }, () => sampleSpan());
  const free = encodeOtlpJson(spans).length * 7;
  assert.ok(budget.reserve(budget.limitBytes - free));
  const headers = { "content-type": JSON_TYPE };
  const body = encodeOtlpJson(spans);
  assert.equal((await send({ headers, body })).status, 503);
  assert.equal((await send({ headers, body, isChunked: true })).status, 503);
  const packed = { ...headers, "content-encoding": "gzip" };
  assert.equal((await send({ headers: packed, body: gzipSync(body) })).status, 503);
  const protobuf = Buffer.from(encodeOtlpProtobuf(spans));
  assert.equal((await send({ headers: { "content-type": PROTOBUF }, body: protobuf })).status, 200);
  assert.equal(budget.usedBytes, budget.limitBytes - free);
});

test("while the writer is overloaded a request is refused before its body is read", async () => {
  writer.overloaded = true;
  const reply = await send({ headers: { "content-type": JSON_TYPE, expect: "100-continue" } });
  assert.equal(reply.status, 503);
  assert.equal(reply.headers["retry-after"], "1");
  assert.equal(JSON.parse(reply.body.toString()).code, 14);
});

test("bodies beyond the bytes in flight are refused, and taken when the others are gone", async () => {
  assert.ok(budget.reserve(budget.limitBytes - 10));
  const sent = { headers: { "content-type": PROTOBUF }, body: bytes };
  assert.equal((await send(sent)).status, 503);
  assert.equal((await send({ ...sent, isChunked: true })).status, 503);
  budget.release(budget.limitBytes - 10);
  assert.equal((await send(sent)).status, 200);
  assert.equal(budget.usedBytes, 0);
});

test("a store that cannot write is a 503 that may be retried", async () => {
  writer.commit = async () => {
    throw new StoreUnavailable("disk full");
  };
  const reply = await send({ headers: { "content-type": JSON_TYPE }, body: json });
  assert.equal(reply.status, 503);
  assert.ok(Number(reply.headers["retry-after"]) >= 1);
  assert.match(JSON.parse(reply.body.toString()).message, /disk full/);
});

test("the answer waits for the commit", async () => {
  const commit = Promise.withResolvers<void>();
  writer.commit = () => commit.promise;
  let isAnswered = false;
  const reply = send({ headers: { "content-type": JSON_TYPE }, body: json }).then((answer) => {
    isAnswered = true;
    return answer;
  });
  // A second request, refused at once, shows that the first one could have been answered by now.
  await send({ method: "GET" });
  assert.equal(isAnswered, false);
  commit.resolve();
  assert.equal((await reply).status, 200);
});

test("a client that leaves halfway gives its bytes back", async () => {
  const request = httpRequest({
    host: "127.0.0.1",
    port,
    method: "POST",
    path: "/v1/traces",
    headers: { "content-type": PROTOBUF, "content-length": "5000" },
  });
  request.on("error", () => undefined);
  request.write(bytes);
  while (budget.usedBytes === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  request.destroy();
  while (budget.usedBytes > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal(writer.spans.length, 0);
});

test("spans, bytes and refusals are counted", async () => {
  await send({ headers: { "content-type": PROTOBUF }, body: bytes });
  await send({ headers: { "content-type": PROTOBUF }, body: "x" });
  await send({ headers: { "content-type": "text/plain" }, body: "x" });
  const text = await metrics.registry.metrics();
  assert.match(text, /culprit_received_spans_total\{receiver="otlp-http"\} 1\n/);
  assert.match(
    text,
    new RegExp(`culprit_received_bytes_total\\{receiver="otlp-http"\\} ${bytes.length}\n`),
  );
  assert.match(
    text,
    /culprit_refused_requests_total\{receiver="otlp-http",reason="malformed"\} 1\n/,
  );
  assert.match(
    text,
    /culprit_refused_requests_total\{receiver="otlp-http",reason="unsupported"\} 1\n/,
  );
});
