// The exporters that applications really use, through real sockets into a real database.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Context, ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter as GrpcExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtoExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { CompressionAlgorithm } from "@opentelemetry/otlp-exporter-base";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BasicTracerProvider,
  SimpleSpanProcessor,
  type SpanExporter,
} from "@opentelemetry/sdk-trace-base";
import { startTestServer, type TestServer } from "../../test/running-server.ts";

describe("OpenTelemetry's own exporters", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.close());

  const exporters: Record<string, () => SpanExporter> = {
    "OTLP/HTTP protobuf": () => new ProtoExporter({ url: `${server.url("otlp-http")}/v1/traces` }),
    "OTLP/HTTP protobuf with gzip": () =>
      new ProtoExporter({
        url: `${server.url("otlp-http")}/v1/traces`,
        compression: CompressionAlgorithm.GZIP,
      }),
    "OTLP/HTTP JSON": () => new JsonExporter({ url: `${server.url("otlp-http")}/v1/traces` }),
    "OTLP/HTTP JSON with gzip": () =>
      new JsonExporter({
        url: `${server.url("otlp-http")}/v1/traces`,
        compression: CompressionAlgorithm.GZIP,
      }),
    "OTLP/gRPC": () => new GrpcExporter({ url: server.url("otlp-grpc") }),
    "OTLP/gRPC with gzip": () =>
      new GrpcExporter({ url: server.url("otlp-grpc"), compression: CompressionAlgorithm.GZIP }),
  };

  for (const [name, newExporter] of Object.entries(exporters)) {
    test(`${name} gets a trace through, which is there when the flush returns`, async () => {
      const service = `service of ${name}`;
      const provider = new BasicTracerProvider({
        resource: resourceFromAttributes({ "service.name": service }),
        spanProcessors: [new SimpleSpanProcessor(newExporter())],
      });
      const tracer = provider.getTracer("exporters.test", "1.0");
      const root = tracer.startSpan(
        "root",
        { attributes: { text: "한국어", n: 42 } },
        ROOT_CONTEXT,
      );
      const inRoot: Context = trace.setSpan(ROOT_CONTEXT, root);
      const child = tracer.startSpan("child", {}, inRoot);
      child.recordException(new Error("no funds"));
      child.setStatus({ code: SpanStatusCode.ERROR, message: "declined" });
      child.end();
      root.end();
      await provider.forceFlush();
      await provider.shutdown();

      const { traceId } = root.spanContext();
      const response = await fetch(`${server.url("query")}/api/culprit/traces/${traceId}`);
      assert.equal(response.status, 200);
      const page = (await response.json()) as { services: string[]; operations: string[] };
      assert.deepEqual(page.services, [service]);
      assert.deepEqual(page.operations, ["root", "child"]);
    });
  }
});
