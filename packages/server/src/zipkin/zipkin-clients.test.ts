// The clients that applications really use, through real sockets into a real database.

import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { ZipkinExporter } from "@opentelemetry/exporter-zipkin";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import zipkin from "zipkin";
import { HttpLogger } from "zipkin-transport-http";
import { startTestServer, type TestServer } from "../../test/running-server.ts";

interface TracePage {
  readonly services: readonly string[];
  readonly operations: readonly string[];
  readonly spans: {
    readonly spanId: readonly string[];
    readonly parent: readonly number[];
    readonly service: readonly number[];
    readonly operation: readonly number[];
    readonly kind: readonly number[];
  };
}

interface JaegerSpan {
  readonly operationName: string;
  readonly tags: readonly { readonly key: string; readonly value: unknown }[];
  readonly logs: readonly { readonly fields: readonly { readonly value: unknown }[] }[];
}

describe("clients of Zipkin", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.close());

  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`${server.url("query")}${path}`);
    assert.equal(response.status, 200, path);
    return response.json();
  };

  test("OpenTelemetry's exporter gets a trace through, which is there when the flush returns", async () => {
    const exporter = new ZipkinExporter({ url: `${server.url("zipkin")}/api/v2/spans` });
    const provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ "service.name": "shop", "host.name": "one" }),
      spanProcessors: [new SimpleSpanProcessor(exporter)],
    });
    const tracer = provider.getTracer("clients.test", "1.0");
    const root = tracer.startSpan("root", { kind: SpanKind.SERVER, attributes: { n: 42 } });
    const child = tracer.startSpan("child", {}, trace.setSpan(ROOT_CONTEXT, root));
    child.addEvent("retry");
    child.setStatus({ code: SpanStatusCode.ERROR, message: "declined" });
    child.end();
    root.end();
    await provider.forceFlush();
    await provider.shutdown();

    const { traceId } = root.spanContext();
    const page = (await get(`/api/culprit/traces/${traceId}`)) as TracePage;
    assert.deepEqual(page.services, ["shop"]);
    assert.deepEqual(page.operations, ["root", "child"]);
    assert.deepEqual(page.spans.parent, [-1, 0]);
    assert.deepEqual(page.spans.kind, [2, 0]);

    const { data } = (await get(`/api/traces/${traceId}`)) as { data: [{ spans: JaegerSpan[] }] };
    const spanOf = (name: string) => data[0].spans.find((span) => span.operationName === name);
    const tags = new Map(spanOf("child")?.tags.map(({ key, value }) => [key, value]));
    assert.equal(tags.get("otel.status_code"), "ERROR");
    assert.equal(tags.get("otel.status_description"), "declined");
    assert.deepEqual(
      spanOf("child")?.logs.map(({ fields }) => fields.map(({ value }) => value)),
      [["retry"]],
    );
    assert.ok(spanOf("root")?.tags.some(({ key, value }) => key === "n" && value === "42"));
  });

  for (const [version, jsonEncoder] of [
    ["v1", zipkin.jsonEncoder.JSON_V1],
    ["v2", zipkin.jsonEncoder.JSON_V2],
  ] as const) {
    test(`zipkin with its HTTP transport gets a shared span through, ${version}`, async () => {
      const endpoint = `${server.url("zipkin")}/api/${version}/spans`;
      const logger = new HttpLogger({ endpoint, jsonEncoder, httpInterval: 10 });
      const recorder = new zipkin.BatchRecorder({ logger });
      const ctxImpl = new zipkin.ExplicitContext();
      const tracerOf = (localServiceName: string) =>
        new zipkin.Tracer({ ctxImpl, recorder, localServiceName });
      const web = tracerOf("web");
      const api = tracerOf("api");
      // Both halves of the call are recorded under one id, as a server does that joins what it was sent.
      const id = web.createRootId();
      const shared = new zipkin.TraceId({
        traceId: id.traceId,
        spanId: id.spanId,
        sampled: id.sampled,
        shared: true,
      });
      api.letId(shared, () => {
        api.recordServiceName("api");
        api.recordRpc("get /orders");
        api.recordAnnotation(new zipkin.Annotation.ServerRecv());
        api.recordBinary("http.path", "/orders");
        api.recordMessage("cache miss");
      });
      web.letId(id, () => {
        web.recordServiceName("web");
        web.recordRpc("get /orders");
        web.recordAnnotation(new zipkin.Annotation.ClientSend());
        web.recordAnnotation(new zipkin.Annotation.ServerAddr({ serviceName: "api" }));
      });
      const apiSent = once(logger as unknown as NodeJS.EventEmitter, "success");
      api.letId(shared, () => api.recordAnnotation(new zipkin.Annotation.ServerSend()));
      await apiSent;
      const webSent = once(logger as unknown as NodeJS.EventEmitter, "success");
      web.letId(id, () => web.recordAnnotation(new zipkin.Annotation.ClientRecv()));
      await webSent;

      const page = (await get(`/api/culprit/traces/${id.traceId}`)) as TracePage;
      const rows = page.spans.parent.map((parent, row) => [
        parent,
        page.services[page.spans.service[row] ?? -1],
        page.operations[page.spans.operation[row] ?? -1],
        page.spans.kind[row],
      ]);
      assert.deepEqual(rows, [
        [-1, "web", "get /orders", 3],
        [0, "api", "get /orders", 2],
      ]);
    });
  }
});
