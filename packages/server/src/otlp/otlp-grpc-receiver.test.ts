import assert from "node:assert/strict";
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { afterEach, beforeEach, test } from "node:test";
import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { StoreUnavailable } from "@culprit/store";
import { encodeOtlpProtobuf } from "@culprit/wire";
import {
  Client,
  credentials,
  type Server,
  ServerCredentials,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { CollectingWriter } from "../../test/collecting-writer.ts";
import { sampleSpan, spanIdOf } from "../../test/sample-spans.ts";
import { ByteBudget } from "../byte-budget.ts";
import { Metrics } from "../metrics.ts";
import { exportResponseProtobuf, statusProtobuf } from "../rpc-status.ts";
import { SpanIntake } from "../span-intake.ts";
import { createOtlpGrpcServer } from "./otlp-grpc-receiver.ts";

const MAX_BODY_BYTES = 1 << 20;
const RECEIVE_TIMEOUT_MS = 700;
const EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const GZIP = { "grpc.default_compression_algorithm": 2 };

let writer: CollectingWriter;
let budget: ByteBudget;
let server: Server;
let port: number;
let clients: Client[];
let sessions: ClientHttp2Session[];

beforeEach(async () => {
  writer = new CollectingWriter();
  budget = new ByteBudget(4 * MAX_BODY_BYTES);
  server = createOtlpGrpcServer(new SpanIntake(writer, new Metrics()), {
    maxBodyBytes: MAX_BODY_BYTES,
    budget,
    receiveTimeoutMs: RECEIVE_TIMEOUT_MS,
  });
  clients = [];
  sessions = [];
  port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
});

afterEach(() => {
  for (const client of clients) client.close();
  for (const session of sessions) session.destroy();
  server.forceShutdown();
});

function newClient(options: Record<string, unknown> = {}): Client {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
  clients.push(client);
  return client;
}

function send(body: Uint8Array, client: Client = newClient()): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest<Uint8Array, Buffer>(
      EXPORT,
      (bytes) => Buffer.from(bytes),
      (bytes) => bytes,
      body,
      (error, answer) => (error === null && answer !== undefined ? resolve(answer) : reject(error)),
    );
  });
}

async function refusal(body: Uint8Array, client?: Client): Promise<ServiceError> {
  try {
    await send(body, client);
  } catch (error) {
    return error as ServiceError;
  }
  throw new Error("the call was not refused");
}

const bytes = encodeOtlpProtobuf([sampleSpan()]);

test("an export is taken and answered with an empty message", async () => {
  assert.equal((await send(bytes)).length, 0);
  assert.deepEqual(writer.spans, [sampleSpan()]);
});

test("gzip is unpacked", async () => {
  await send(bytes, newClient(GZIP));
  assert.deepEqual(writer.spans, [sampleSpan()]);
});

test("a rejected span is told in partial_success", async () => {
  // A span of nothing but a name.
  const nameless = Buffer.from("0a081206120412022a00", "hex");
  const answer = await send(Buffer.concat([nameless, bytes]));
  assert.notEqual(answer.length, 0);
  assert.equal(
    answer.subarray(0, 1).toString("hex"),
    exportResponseProtobuf({ rejectedSpans: 1, message: "x" }).subarray(0, 1).toString("hex"),
  );
  assert.deepEqual(writer.spans, [sampleSpan()]);
});

test("what cannot be decoded is INVALID_ARGUMENT", async () => {
  const error = await refusal(bytes.subarray(0, 50));
  assert.equal(error.code, status.INVALID_ARGUMENT);
  assert.equal(writer.spans.length, 0);
});

test("a message over the limit is RESOURCE_EXHAUSTED without RetryInfo, packed or not", async () => {
  const large = new Uint8Array(MAX_BODY_BYTES + 1);
  for (const client of [newClient(), newClient(GZIP)]) {
    const error = await refusal(large, client);
    assert.equal(error.code, status.RESOURCE_EXHAUSTED);
    assert.deepEqual(error.metadata.get("grpc-status-details-bin"), []);
  }
  await send(bytes);
  assert.equal(writer.spans.length, 1);
});

test("overload is UNAVAILABLE with RetryInfo", async () => {
  writer.overloaded = true;
  const error = await refusal(bytes);
  assert.equal(error.code, status.UNAVAILABLE);
  const [details] = error.metadata.get("grpc-status-details-bin");
  const expected = statusProtobuf({ code: 14, message: error.details, retryAfterMs: 1000 });
  assert.deepEqual(details, expected);
});

test("a store that cannot write is UNAVAILABLE", async () => {
  writer.commit = async () => {
    throw new StoreUnavailable("disk full");
  };
  const error = await refusal(bytes);
  assert.equal(error.code, status.UNAVAILABLE);
  assert.match(error.details, /disk full/);
});

test("more calls at once than are received at a time all get through", async () => {
  const client = newClient();
  const calls = Array.from({ length: 200 }, (_, n) =>
    send(encodeOtlpProtobuf([sampleSpan({ spanId: spanIdOf(n) })]), client),
  );
  await Promise.all(calls);
  assert.equal(new Set(writer.spans.map((span) => span.spanId)).size, 200);
});

/** Calls of which only the headers, and then what the test writes, are sent. */
function openStreams(count: number, headers: Record<string, string> = {}): ClientHttp2Stream[] {
  const session = connect(`http://127.0.0.1:${port}`);
  sessions.push(session);
  session.on("error", () => undefined);
  return Array.from({ length: count }, () => {
    const stream = session.request(
      {
        ":method": "POST",
        ":path": EXPORT,
        "content-type": "application/grpc",
        te: "trailers",
        ...headers,
      },
      { endStream: false },
    );
    stream.on("error", () => undefined);
    stream.resume();
    return stream;
  });
}

/** The status that a call ends with, in the headers of an answer that has nothing else. */
function statusOf(stream: ClientHttp2Stream): Promise<number> {
  return new Promise((resolve) => {
    const take = (headers: Record<string, unknown>): void => {
      if (headers["grpc-status"] !== undefined) resolve(Number(headers["grpc-status"]));
    };
    stream.on("response", take);
    stream.on("trailers", take);
  });
}

function frame(message: Uint8Array, isPacked = false): Buffer {
  const head = Buffer.alloc(5);
  head[0] = isPacked ? 1 : 0;
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

test("calls that send nothing keep nobody out, and end with DEADLINE_EXCEEDED", async () => {
  const statuses = openStreams(90).map(statusOf);
  await Promise.all(Array.from({ length: 40 }, () => send(bytes)));
  assert.equal(writer.spans.length, 40);
  assert.deepEqual(await Promise.all(statuses), Array(90).fill(status.DEADLINE_EXCEEDED));
  await send(bytes);
});

test("calls that are cancelled before and within their message give back what they held", async () => {
  for (let round = 0; round < 3; round++) {
    const streams = openStreams(90);
    for (const stream of streams) stream.write(frame(bytes).subarray(0, 50));
    while (budget.usedBytes !== 90 * 50) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const stream of streams) stream.close(8);
    while (budget.usedBytes !== 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await send(bytes);
  assert.equal(budget.usedBytes, 0);
});

test("large messages at once are bounded by the budget; what does not fit is UNAVAILABLE", async () => {
  // Each stops one byte before its end: together they would hold 8 times the largest message.
  const message = frame(new Uint8Array(MAX_BODY_BYTES - 5));
  const statuses = openStreams(8).map((stream) => {
    stream.write(message.subarray(0, -1));
    return statusOf(stream);
  });
  const codes = await Promise.all(statuses);
  assert.ok(codes.includes(status.UNAVAILABLE), codes.join());
  assert.ok(codes.every((c) => c === status.UNAVAILABLE || c === status.DEADLINE_EXCEEDED));
  assert.equal(budget.usedBytes, 0);
  await send(bytes);
});

test("packed messages at once are bounded unpacked, too", async () => {
  const message = frame(gzipSync(new Uint8Array(MAX_BODY_BYTES)), true);
  const statuses = openStreams(32, { "grpc-encoding": "gzip" }).map((stream) => {
    stream.end(message);
    return statusOf(stream);
  });
  const codes = await Promise.all(statuses);
  assert.ok(codes.includes(status.UNAVAILABLE), codes.join());
  assert.equal(budget.usedBytes, 0);
});

test("deflate and zstd are unpacked, too", async () => {
  for (const [encoding, packed] of [
    ["deflate", deflateSync(bytes)],
    ["zstd", zstdCompressSync(bytes)],
  ] as const) {
    writer.spans.length = 0;
    const [stream] = openStreams(1, { "grpc-encoding": encoding });
    assert.ok(stream !== undefined);
    const ended = statusOf(stream);
    stream.end(frame(packed, true));
    assert.equal(await ended, status.OK, encoding);
    assert.deepEqual(writer.spans, [sampleSpan()]);
  }
  assert.equal(budget.usedBytes, 0);
});

test("an encoding that is not supported is UNIMPLEMENTED, broken gzip INVALID_ARGUMENT", async () => {
  const codes: number[] = [];
  for (const encoding of ["snappy", "gzip"]) {
    const [stream] = openStreams(1, { "grpc-encoding": encoding });
    assert.ok(stream !== undefined);
    const ended = statusOf(stream);
    stream.end(frame(bytes, true));
    codes.push(await ended);
  }
  assert.deepEqual(codes, [status.UNIMPLEMENTED, status.INVALID_ARGUMENT]);
});
