// The clients that applications really use, through real sockets into a real database.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { JaegerExporter } from "@opentelemetry/exporter-jaeger";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { jaegerTrace } from "../../test/jaeger-trace.ts";
import { startTestServer, type TestServer } from "../../test/running-server.ts";

/** As much of its interface as is used: it comes without types. */
interface JaegerClient {
  initTracer(config: object, options: object): OpenTracer;
}
interface OpenTracer {
  startSpan(name: string, options?: object): OpenSpan;
  close(done: () => void): void;
}
interface OpenSpan {
  log(fields: object): void;
  finish(): void;
  context(): { toTraceId(): string };
}
const jaegerClient = createRequire(import.meta.url)("jaeger-client") as JaegerClient;

const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(":") + 1));

describe("Jaeger's clients", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.close());

  const openTracing: Readonly<Record<string, () => object>> = {
    "UDP, binary": () => ({
      agentHost: "127.0.0.1",
      agentPort: portOf(server.url("jaeger-binary")),
    }),
    "UDP on the compact protocol's port": () => ({
      agentHost: "127.0.0.1",
      agentPort: portOf(server.url("jaeger-compact")),
    }),
    HTTP: () => ({ collectorEndpoint: `${server.url("jaeger-http")}/api/traces` }),
  };

  for (const [name, reporter] of Object.entries(openTracing)) {
    test(`jaeger-client gets a trace through over ${name}`, async () => {
      const tracer = jaegerClient.initTracer(
        { serviceName: "orders", sampler: { type: "const", param: 1 }, reporter: reporter() },
        { tags: { "deployment.environment": "test" } },
      );
      const root = tracer.startSpan("root", { tags: { "span.kind": "server", text: "한국어" } });
      const tags = { error: true, n: 42, d: 1.5, ok: false };
      const child = tracer.startSpan("child", { childOf: root, tags });
      child.log({ event: "error", message: "no funds" });
      child.finish();
      root.finish();
      await new Promise<void>((resolve) => tracer.close(resolve));

      const found = await jaegerTrace(server, root.context().toTraceId(), 2);
      const first = found.span("root");
      const second = found.span("child");
      assert.deepEqual(
        second.references.map(({ spanID }) => spanID),
        [first.spanID],
      );
      assert.deepEqual(found.tagsOf(first).get("text"), "한국어");
      assert.deepEqual(found.tagsOf(first).get("span.kind"), "server");
      const childTags = found.tagsOf(second);
      for (const [key, value] of Object.entries(tags)) assert.equal(childTags.get(key), value, key);
      assert.equal(childTags.get("otel.status_code"), "ERROR");
      assert.deepEqual(
        second.logs.map(({ fields }) => fields.map(({ key, value }) => [key, value])),
        [
          [
            ["event", "error"],
            ["message", "no funds"],
          ],
        ],
      );
      const process = found.processOf(first);
      assert.equal(process.serviceName, "orders");
      const processTags = new Map(process.tags.map(({ key, value }) => [key, value]));
      assert.equal(processTags.get("deployment.environment"), "test");
      assert.match(String(processTags.get("jaeger.version")), /^Node-/);
    });
  }

  const openTelemetry: Readonly<Record<string, () => JaegerExporter>> = {
    UDP: () => new JaegerExporter({ host: "127.0.0.1", port: portOf(server.url("jaeger-binary")) }),
    HTTP: () => new JaegerExporter({ endpoint: `${server.url("jaeger-http")}/api/traces` }),
  };

  for (const [name, newExporter] of Object.entries(openTelemetry)) {
    test(`OpenTelemetry's exporter for Jaeger gets a trace through over ${name}`, async () => {
      const service = `service over ${name}`;
      const provider = new BasicTracerProvider({
        resource: resourceFromAttributes({ "service.name": service }),
        spanProcessors: [new BatchSpanProcessor(newExporter())],
      });
      const tracer = provider.getTracer("clients.test", "1.0");
      const root = tracer.startSpan("root", { kind: SpanKind.SERVER }, ROOT_CONTEXT);
      const inRoot = trace.setSpan(ROOT_CONTEXT, root);
      const child = tracer.startSpan("child", { attributes: { n: 42, list: ["a", "b"] } }, inRoot);
      child.recordException(new Error("no funds"));
      child.setStatus({ code: SpanStatusCode.ERROR, message: "declined" });
      child.end();
      root.end();
      await provider.forceFlush();
      await provider.shutdown();

      const found = await jaegerTrace(server, root.spanContext().traceId, 2);
      const first = found.span("root");
      const second = found.span("child");
      assert.equal(found.processOf(first).serviceName, service);
      assert.deepEqual(
        second.references.map(({ spanID }) => spanID),
        [first.spanID],
      );
      const tags = found.tagsOf(second);
      assert.equal(tags.get("n"), 42);
      assert.equal(tags.get("otel.status_description"), "declined");
      assert.equal(tags.get("error"), true);
      assert.equal(tags.get("otel.scope.name"), "clients.test");
      assert.equal(tags.get("otel.scope.version"), "1.0");
      assert.equal(found.tagsOf(first).get("span.kind"), "server");
      const [log] = second.logs;
      const fields = new Map(log?.fields.map(({ key, value }) => [key, value]));
      assert.equal(fields.get("event"), "exception");
      assert.equal(fields.get("exception.message"), "no funds");
    });
  }
});
