import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { after, beforeEach, test } from "node:test";
import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { StoreUnavailable } from "@culprit/store";
import { SpanCollector } from "@culprit/trace-model";
import { decodeFile, decodeZipkinJson, type ZipkinSpan } from "@culprit/wire";
import fc from "fast-check";
import { assertSameSpans } from "../../../trace-model/test/span-identity.ts";
import { fixturesIn, skip } from "../../../wire/test/shared-fixtures.ts";
import { zipkinProtobuf, zipkinThrift, zipkinV1Of } from "../../../wire/test/zipkin-encodings.ts";
import { zipkinMessage } from "../../../wire/test/zipkin-messages.ts";
import { CollectingWriter } from "../../test/collecting-writer.ts";
import { type Reply, type Sent, sendHttp } from "../../test/send-http.ts";
import type { AcceptingReceiver } from "../accepting-receiver.ts";
import { BufferPool } from "../buffer-pool.ts";
import { ByteBudget } from "../byte-budget.ts";
import { newHttpServer } from "../http-door.ts";
import { Metrics } from "../metrics.ts";
import { SpanIntake } from "../span-intake.ts";
import { createZipkinReceiver } from "./zipkin-receiver.ts";

const MAX_BODY_BYTES = 1 << 20;
const V1 = "/api/v1/spans";
const V2 = "/api/v2/spans";
const JSON_TYPE = "application/json";
const PROTOBUF = "application/x-protobuf";
const THRIFT = "application/x-thrift";

let writer: CollectingWriter;
let budget: ByteBudget;
let metrics: Metrics;
let receiver: AcceptingReceiver;

beforeEach(() => {
  writer = new CollectingWriter();
  budget = new ByteBudget(4 << 20);
  metrics = new Metrics();
  const limits = { maxBodyBytes: MAX_BODY_BYTES, budget, pool: new BufferPool() };
  receiver = createZipkinReceiver(new SpanIntake(writer, metrics), metrics, limits);
});

const server = newHttpServer((...request) => {
  void receiver.handle(...request);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address() as AddressInfo;
after(() => {
  server.closeAllConnections();
  server.close();
});

const send = (sent: Sent): Promise<Reply> => sendHttp(port, { path: V2, ...sent });
const typed = (type: string, encoding?: string) => ({
  "content-type": type,
  ...(encoding === undefined ? undefined : { "content-encoding": encoding }),
});

const SPANS: readonly ZipkinSpan[] = [
  {
    traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    id: "00f067aa0ba902b7",
    kind: "CLIENT",
    name: "get /",
    timestamp: 1_795_000_000_000_000,
    duration: 250,
    localEndpoint: { serviceName: "web", ipv4: "10.0.0.1" },
    remoteEndpoint: { serviceName: "api", port: 8080 },
    annotations: [{ timestamp: 1_795_000_000_000_100, value: "retry" }],
    tags: { "http.path": "/" },
  },
  {
    traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    id: "00f067aa0ba902b7",
    kind: "SERVER",
    name: "get /",
    shared: true,
    timestamp: 1_795_000_000_000_050,
    duration: 150,
    localEndpoint: { serviceName: "api" },
  },
];
const json = JSON.stringify(SPANS);
const protobuf = zipkinProtobuf(SPANS);
const v1 = SPANS.map(zipkinV1Of);
const v1Json = JSON.stringify(v1);
const thrift = zipkinThrift(v1);

const collector = new SpanCollector();
decodeZipkinJson(json, collector);
const WANTED = collector.spans;

const TAKEN: readonly (readonly [string, Sent])[] = [
  ["v2 JSON", { headers: typed(JSON_TYPE), body: json }],
  ["v2 JSON in chunks", { headers: typed(JSON_TYPE), body: json, isChunked: true }],
  ["v2 JSON without a content type", { body: json }],
  ["v2 protobuf", { headers: typed(PROTOBUF), body: protobuf }],
  ["v2 protobuf in chunks", { headers: typed(PROTOBUF), body: protobuf, isChunked: true }],
  ["v1 JSON", { path: V1, headers: typed(JSON_TYPE), body: v1Json }],
  ["v1 JSON at the path of v2", { headers: typed(JSON_TYPE), body: v1Json }],
  ["v2 JSON at the path of v1", { path: V1, headers: typed(JSON_TYPE), body: json }],
  ["v1 Thrift", { path: V1, headers: typed(THRIFT), body: thrift }],
  ["v1 Thrift in chunks", { path: V1, headers: typed(THRIFT), body: thrift, isChunked: true }],
  [
    "a content type in any case, with parameters",
    { path: `${V1}?x=y`, headers: typed("Application/X-Thrift; charset=utf-8"), body: thrift },
  ],
  ["gzip", { headers: typed(JSON_TYPE, "gzip"), body: gzipSync(json) }],
  ["deflate", { headers: typed(PROTOBUF, "deflate"), body: deflateSync(protobuf) }],
  [
    "deflate without its envelope",
    { path: V1, headers: typed(THRIFT, "deflate"), body: deflateRawSync(thrift) },
  ],
  ["zstd", { headers: typed(JSON_TYPE, "zstd"), body: zstdCompressSync(json) }],
  [
    "a body after 100-continue",
    { headers: { ...typed(JSON_TYPE), expect: "100-continue" }, body: json },
  ],
];

for (const [what, sent] of TAKEN) {
  test(`${what} is taken, and answered with 202 and nothing`, async () => {
    const reply = await send(sent);
    assert.equal(reply.status, 202, reply.body.toString());
    assert.equal(reply.body.length, 0);
    assertSameSpans(writer.spans, WANTED);
    assert.equal(budget.usedBytes, 0);
  });
}

for (const path of fixturesIn("zipkin")) {
  test(`${path} arrives as it is read from a file`, { skip }, async () => {
    const { bytes, contentType, apiPath } = zipkinMessage(path);
    const fromFile = new SpanCollector();
    decodeFile(bytes, fromFile);
    const reply = await send({ path: apiPath, headers: typed(contentType), body: bytes });
    assert.equal(reply.status, 202, reply.body.toString());
    assertSameSpans(writer.spans, fromFile.spans);
  });
}

test("any chunking of a body gives the same spans", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: json.length })), async (offsets) => {
      writer.spans.length = 0;
      const isChunked = offsets.sort((a, b) => a - b);
      const reply = await send({ headers: typed(JSON_TYPE), body: json, isChunked });
      assert.equal(reply.status, 202);
      assertSameSpans(writer.spans, WANTED);
    }),
    { numRuns: 30 },
  );
});

test("a list of no spans is taken", async () => {
  for (const sent of [
    { headers: typed(JSON_TYPE), body: "[]" },
    { headers: typed(JSON_TYPE, "gzip"), body: gzipSync("[]") },
    { path: V1, headers: typed(THRIFT), body: zipkinThrift([]) },
  ]) {
    assert.equal((await send(sent)).status, 202);
  }
});

test("an empty body is a 400", async () => {
  for (const sent of [
    { headers: typed(JSON_TYPE) },
    { headers: typed(PROTOBUF) },
    { headers: typed(PROTOBUF, "gzip"), body: gzipSync("") },
    { path: V1, headers: typed(THRIFT) },
  ]) {
    const reply = await send(sent);
    assert.equal(reply.status, 400);
    assert.equal(reply.body.toString(), "Unable to process request body: the body is empty\n");
    assert.match(reply.headers["content-type"] ?? "", /^text\/plain/);
  }
});

test("bad data is a 400 that says what is wrong, and nothing of it is kept", async () => {
  for (const [sent, message] of [
    [{ headers: typed(JSON_TYPE), body: "{nope" }, /malformed JSON at byte 1: a key wanted/],
    [
      { headers: typed(JSON_TYPE), body: json.replace('"get /"', "7") },
      /\[0\]\.name: a string wanted, found 7/,
    ],
    [{ headers: typed(PROTOBUF), body: protobuf.subarray(0, 60) }, /malformed protobuf at byte/],
    [{ headers: typed(JSON_TYPE), body: protobuf }, /an object wanted/],
    [{ path: V1, headers: typed(THRIFT), body: thrift.subarray(0, 60) }, /malformed Thrift at/],
    [{ headers: typed(JSON_TYPE, "gzip"), body: "no gzip" }, /not valid gzip/],
  ] as const) {
    const reply = await send(sent);
    assert.equal(reply.status, 400);
    assert.match(reply.body.toString(), message);
  }
  assert.deepEqual(writer.spans, []);
  assert.equal(budget.usedBytes, 0);
});

test("spans that cannot be kept are counted; a body of nothing else is a 400", async () => {
  const partly = JSON.stringify([...SPANS, { traceId: "1" }]);
  assert.equal((await send({ headers: typed(JSON_TYPE), body: partly })).status, 202);
  assertSameSpans(writer.spans, WANTED);
  const none = await send({ headers: typed(JSON_TYPE), body: '[{"traceId":"1","name":"x"}]' });
  assert.equal(none.status, 400);
  assert.match(none.body.toString(), /1 span rejected; the first: a span without an id \("x"\)/);
  const text = await metrics.registry.metrics();
  assert.match(text, /culprit_received_spans_total\{receiver="zipkin"\} 2\n/);
  assert.match(text, /culprit_rejected_spans_total\{receiver="zipkin"\} 2\n/);
});

test("other content types and encodings are a 415 that lists ours", async () => {
  for (const [path, type, message] of [
    [
      V2,
      THRIFT,
      /content type: application\/x-thrift; supported: application\/json, application\/x-protobuf/,
    ],
    [V1, PROTOBUF, /supported: application\/json, application\/x-thrift/],
    [V2, "text/plain", /content type: text\/plain/],
  ] as const) {
    const reply = await send({ path, headers: typed(type), body: json });
    assert.equal(reply.status, 415);
    assert.match(reply.body.toString(), message);
  }
  const packed = await send({ headers: typed(JSON_TYPE, "br"), body: json });
  assert.equal(packed.status, 415);
  assert.match(packed.body.toString(), /"br"; supported: gzip, deflate, zstd/);
});

test("other methods are a 405, other paths a 404", async () => {
  for (const method of ["GET", "PUT", "OPTIONS"]) {
    const reply = await send({ method });
    assert.equal(reply.status, 405);
    assert.equal(reply.headers.allow, "POST");
  }
  const elsewhere = await send({ path: "/api/v2/traces" });
  assert.equal(elsewhere.status, 404);
  assert.match(elsewhere.body.toString(), /POST \/api\/v2\/spans and \/api\/v1\/spans/);
});

test("a body over the limit is a 413, claimed or chunked or unpacked", async () => {
  const large = Buffer.alloc(MAX_BODY_BYTES + 1);
  for (const sent of [
    { headers: typed(JSON_TYPE), body: large },
    { headers: typed(JSON_TYPE), body: large, isChunked: true },
    { headers: typed(PROTOBUF, "gzip"), body: gzipSync(Buffer.alloc(50 << 20)) },
  ]) {
    const reply = await send(sent);
    assert.equal(reply.status, 413);
    assert.match(reply.body.toString(), /larger than 1048576 bytes/);
  }
  assert.equal(budget.usedBytes, 0);
});

test("overload is a 503 that says when to come back, before the body is read", async () => {
  writer.overloaded = true;
  const refused = await send({ headers: { ...typed(JSON_TYPE), expect: "100-continue" } });
  assert.equal(refused.status, 503);
  assert.equal(refused.headers["retry-after"], "1");
  writer.overloaded = false;
  assert.ok(budget.reserve(budget.limitBytes - 10));
  assert.equal((await send({ headers: typed(JSON_TYPE), body: json })).status, 503);
  budget.release(budget.limitBytes - 10);
  writer.commit = async () => {
    throw new StoreUnavailable("disk full");
  };
  const unstored = await send({ headers: typed(JSON_TYPE), body: json });
  assert.equal(unstored.status, 503);
  assert.match(unstored.body.toString(), /disk full/);
});

test("the answer waits for the commit", async () => {
  const commit = Promise.withResolvers<void>();
  writer.commit = () => commit.promise;
  let isAnswered = false;
  const reply = send({ headers: typed(JSON_TYPE), body: json }).then((answer) => {
    isAnswered = true;
    return answer;
  });
  // A second request, refused at once, shows that the first one could have been answered by now.
  await send({ method: "GET" });
  assert.equal(isAnswered, false);
  commit.resolve();
  assert.equal((await reply).status, 202);
});
