import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, test } from "node:test";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { startOtlpJsonReceiver } from "../test/otlp-json-receiver.ts";
import { setupTracing } from "./setup-tracing.ts";

const quiet = { instrumentations: [], flushOnExit: false } as const;
const saved = { ...process.env };

afterEach(() => {
  for (const key of Object.keys(process.env)) {
    if (key.startsWith("OTEL_") && !(key in saved)) delete process.env[key];
  }
});

test("by default spans leave as protobuf for /v1/traces", async () => {
  const requests: { url: string | undefined; type: string | undefined; body: Buffer }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    requests.push({
      url: request.url,
      type: request.headers["content-type"],
      body: Buffer.concat(chunks),
    });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const tracing = setupTracing("proto", { ...quiet, endpoint: `http://127.0.0.1:${port}/` });
  tracing.tracer.startTrace("a span in protobuf").end();
  await tracing.shutdown();
  server.close();
  server.closeAllConnections();
  assert.equal(requests.length, 1);
  assert.equal(requests[0]?.url, "/v1/traces");
  assert.equal(requests[0]?.type, "application/x-protobuf");
  assert.ok(requests[0]?.body.includes("a span in protobuf"));
});

test("gRPC by option, headers as metadata", async () => {
  const calls: { body: Buffer; token: unknown }[] = [];
  const server = new Server();
  server.addService(
    {
      export: {
        path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        requestStream: false,
        responseStream: false,
        requestSerialize: (value: Buffer) => value,
        requestDeserialize: (value: Buffer) => value,
        responseSerialize: (value: Buffer) => value,
        responseDeserialize: (value: Buffer) => value,
      },
    },
    {
      export(
        call: { request: Buffer; metadata: { get(key: string): unknown[] } },
        done: (error: null, value: Buffer) => void,
      ): void {
        calls.push({ body: call.request, token: call.metadata.get("x-token")[0] });
        done(null, Buffer.alloc(0));
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  const tracing = setupTracing("grpc", {
    ...quiet,
    protocol: "grpc",
    endpoint: `http://127.0.0.1:${port}`,
    headers: { "x-token": "secret" },
  });
  tracing.tracer.startTrace("a span over gRPC").end();
  await tracing.shutdown();
  server.forceShutdown();
  assert.equal(calls.length, 1);
  assert.equal(calls[0]?.token, "secret");
  assert.ok(calls[0]?.body.includes("a span over gRPC"));
});

test("OTEL_* variables win over what code says", async () => {
  const receiver = await startOtlpJsonReceiver();
  Object.assign(process.env, {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_SERVICE_NAME: "from-environment",
    OTEL_RESOURCE_ATTRIBUTES: "service.version=9.9,deployment.environment.name=test",
  });
  const tracing = setupTracing("from-code", {
    ...quiet,
    endpoint: "http://127.0.0.1:1",
    protocol: "grpc",
    serviceVersion: "1.0",
  });
  tracing.tracer.startTrace("who").end();
  await tracing.shutdown();
  await receiver.close();
  const [span] = receiver.spans;
  assert.equal(span?.service, "from-environment");
  assert.equal(span?.resource["service.version"], "9.9");
  assert.equal(span?.resource["deployment.environment.name"], "test");
});

test("OTEL_TRACES_SAMPLER=always_off and OTEL_SDK_DISABLED send nothing", async () => {
  const receiver = await startOtlpJsonReceiver();
  for (const variable of [{ OTEL_TRACES_SAMPLER: "always_off" }, { OTEL_SDK_DISABLED: "true" }]) {
    Object.assign(process.env, variable);
    const tracing = setupTracing("off", {
      ...quiet,
      endpoint: receiver.url,
      protocol: "http/json",
    });
    assert.equal(
      tracing.tracer.withSpan("unseen", () => 1),
      1,
    );
    await tracing.shutdown();
    for (const key of Object.keys(variable)) delete process.env[key];
  }
  await receiver.close();
  assert.deepEqual(receiver.spans, []);
});

test("a second call returns what the first one set up, until it is shut down", async () => {
  process.env.OTEL_TRACES_EXPORTER = "none";
  const first = setupTracing("first", quiet);
  assert.equal(setupTracing("second", quiet), first);
  await first.shutdown();
  const third = setupTracing("third", quiet);
  assert.notEqual(third, first);
  await third.shutdown();
});
