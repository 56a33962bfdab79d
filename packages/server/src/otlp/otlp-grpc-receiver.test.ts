import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
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
import { Metrics } from "../metrics.ts";
import { SpanIntake } from "../span-intake.ts";
import { createOtlpGrpcServer } from "./otlp-grpc-receiver.ts";
import { exportResponseProtobuf, statusProtobuf } from "./rpc-status.ts";

const MAX_BODY_BYTES = 1 << 20;
const EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const GZIP = { "grpc.default_compression_algorithm": 2 };

let writer: CollectingWriter;
let server: Server;
let port: number;
let clients: Client[];

beforeEach(async () => {
  writer = new CollectingWriter();
  server = createOtlpGrpcServer(new SpanIntake(writer, new Metrics()), MAX_BODY_BYTES);
  clients = [];
  port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
});

afterEach(() => {
  for (const client of clients) client.close();
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
