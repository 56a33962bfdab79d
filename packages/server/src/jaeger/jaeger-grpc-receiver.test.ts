import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { StoreUnavailable } from "@culprit/store";
import { type AttributeValue, SpanKind, StatusCode } from "@culprit/trace-model";
import { Client, credentials, type Server, ServerCredentials, status } from "@grpc/grpc-js";
import { CollectingWriter } from "../../test/collecting-writer.ts";
import { type CollectorClient, newCollectorClient } from "../../test/jaeger-collector-client.ts";
import { ByteBudget } from "../byte-budget.ts";
import { Metrics } from "../metrics.ts";
import { SpanIntake } from "../span-intake.ts";
import { createJaegerGrpcServer } from "./jaeger-grpc-receiver.ts";

const ECHO = "/test.Further/Echo";
const identity = (bytes: Buffer): Buffer => bytes;

let writer: CollectingWriter;
let server: Server;
let address: string;
let client: CollectorClient;

beforeEach(async () => {
  writer = new CollectingWriter();
  const limits = { maxBodyBytes: 1 << 16, budget: new ByteBudget(1 << 20) };
  server = createJaegerGrpcServer(new SpanIntake(writer, new Metrics()), limits);
  server.addService(
    {
      Echo: {
        path: ECHO,
        requestStream: false,
        responseStream: false,
        requestDeserialize: identity,
        requestSerialize: identity,
        responseDeserialize: identity,
        responseSerialize: identity,
      },
    },
    {
      Echo: (call: { request: Buffer }, done: (error: null, answer: Buffer) => void) =>
        done(null, call.request),
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  address = `127.0.0.1:${port}`;
  client = newCollectorClient(address);
});

afterEach(() => {
  client.close();
  server.forceShutdown();
});

const TRACE_ID = Buffer.from("000000000000000052969a8955571a3f", "hex");
const span = {
  traceId: TRACE_ID,
  spanId: Buffer.from("0000000000647d98", "hex"),
  operationName: "get",
  references: [
    { traceId: TRACE_ID, spanId: Buffer.from("000000000068c4e3", "hex") },
    { traceId: TRACE_ID, spanId: Buffer.from("0000000000000009", "hex"), refType: "FOLLOWS_FROM" },
  ],
  flags: 1,
  startTime: { seconds: "1485467191", nanos: 639_875_123 },
  duration: { nanos: 22_938_001 },
  tags: [
    { key: "s", vStr: "text" },
    { key: "b", vType: "BOOL", vBool: true },
    { key: "i", vType: "INT64", vInt64: "-9007199254740993" },
    { key: "d", vType: "FLOAT64", vFloat64: 129.8 },
    { key: "y", vType: "BINARY", vBinary: Buffer.from([0, 255]) },
    { key: "span.kind", vStr: "server" },
    { key: "error", vType: "BOOL", vBool: true },
  ],
  logs: [
    {
      timestamp: { seconds: "1485467191", nanos: 7 },
      fields: [
        { key: "event", vStr: "called" },
        { key: "k", vStr: "v" },
      ],
    },
  ],
};
const batch = {
  spans: [span],
  process: { serviceName: "api", tags: [{ key: "host", vStr: "h" }] },
};

test("a span arrives whole and is answered with an empty message", async () => {
  assert.deepEqual(await client.postSpans(batch), {});
  const [kept, ...rest] = writer.spans;
  assert.ok(kept !== undefined && rest.length === 0);
  assert.equal(kept.traceId, TRACE_ID.toString("hex"));
  assert.equal(kept.parentSpanId, "000000000068c4e3");
  assert.equal(kept.startUnixNano, 1_485_467_191_639_875_123n);
  assert.equal(kept.endUnixNano - kept.startUnixNano, 22_938_001n);
  assert.equal(kept.kind, SpanKind.server);
  assert.equal(kept.statusCode, StatusCode.error);
  const attributes: [string, AttributeValue][] = [
    ["s", "text"],
    ["b", true],
    ["i", -9_007_199_254_740_993n],
    ["d", 129.8],
    ["y", new Uint8Array([0, 255])],
  ];
  assert.deepEqual([...kept.attributes], attributes);
  assert.deepEqual(
    kept.events.map(({ name, timeUnixNano }) => [name, timeUnixNano]),
    [["called", 1_485_467_191_000_000_007n]],
  );
  assert.deepEqual(
    kept.links.map(({ spanId }) => spanId),
    ["0000000000000009"],
  );
  assert.deepEqual(
    [...kept.resource.attributes],
    [
      ["service.name", "api"],
      ["host", "h"],
    ],
  );
});

test("the answer waits for the commit", async () => {
  const commit = Promise.withResolvers<void>();
  writer.commit = () => commit.promise;
  let isAnswered = false;
  const posted = client.postSpans(batch).then(() => {
    isAnswered = true;
  });
  assert.equal((await echo(Buffer.from("x"))).toString(), "x");
  assert.equal(isAnswered, false);
  commit.resolve();
  await posted;
});

test("too large, overloaded and unwritable are told by their status", async () => {
  const large = { ...batch, spans: [{ ...span, operationName: "x".repeat(1 << 16) }] };
  await assert.rejects(client.postSpans(large), { code: status.RESOURCE_EXHAUSTED });
  writer.commit = async () => {
    throw new StoreUnavailable("disk full");
  };
  await assert.rejects(client.postSpans(batch), {
    code: status.UNAVAILABLE,
    details: /disk full/,
  });
  writer.overloaded = true;
  await assert.rejects(client.postSpans(batch), { code: status.UNAVAILABLE });
});

test("a further service answers also while spans are refused", async () => {
  writer.overloaded = true;
  assert.equal((await echo(Buffer.from("hello"))).toString(), "hello");
});

test("bytes that are no such message are INVALID_ARGUMENT", async () => {
  await assert.rejects(
    unary("/jaeger.api_v2.CollectorService/PostSpans", Buffer.from([0x0a, 0x7f])),
    { code: status.INVALID_ARGUMENT },
  );
});

function echo(bytes: Buffer): Promise<Buffer> {
  return unary(ECHO, bytes);
}

async function unary(path: string, bytes: Buffer): Promise<Buffer> {
  const raw = new Client(address, credentials.createInsecure());
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      raw.makeUnaryRequest(path, identity, identity, bytes, (error, answer) =>
        error === null && answer !== undefined ? resolve(answer) : reject(error),
      );
    });
  } finally {
    raw.close();
  }
}
