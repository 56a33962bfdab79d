// The exporter of the tutorial that Culprit grew out of: Python's OpenTelemetry 1.21, which sends Thrift.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Verdict } from "@culprit/api";
import { jaegerTrace } from "../../test/jaeger-trace.ts";
import { type PythonEnvironment, pythonWith } from "../../test/python-environment.ts";
import { startTestServer, type TestServer } from "../../test/running-server.ts";

const PACKAGES = [
  "opentelemetry-exporter-jaeger-thrift==1.21.0",
  "opentelemetry-sdk==1.21.0",
  // Later ones have no pkg_resources, which this SDK imports.
  "setuptools<81",
];
const MAX_INSTALL_MS = 120_000;

const PROGRAM = `
import json, os
from opentelemetry import trace
from opentelemetry.exporter.jaeger.thrift import JaegerExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

class GivenTrace(RandomIdGenerator):
    def generate_trace_id(self):
        return int(os.environ["TRACE_ID"], 16)

provider = TracerProvider(
    resource=Resource.create({"service.name": "order-service"}), id_generator=GivenTrace())
provider.add_span_processor(BatchSpanProcessor(JaegerExporter(**json.loads(os.environ["EXPORTER"]))))
tracer = provider.get_tracer("tutorial", "1.0")
with tracer.start_as_current_span("process_order") as order:
    order.set_attribute("user_id", "user_12345")
    order.set_attribute("items_count", 3)
    order.set_attribute("total", 1299.99)
    with tracer.start_as_current_span("validate_order", kind=trace.SpanKind.CLIENT) as validation:
        validation.record_exception(ValueError("결제 거부"))
        validation.set_status(trace.Status(trace.StatusCode.ERROR, "결제 거부"))
provider.shutdown()
`;

async function verdictOf(server: TestServer, traceId: string): Promise<Verdict> {
  const answer = await fetch(`${server.url("query")}/api/culprit/traces/${traceId}/verdict`);
  return (await answer.json()) as Verdict;
}

describe("Python's OpenTelemetry exporter for Jaeger", () => {
  let python: PythonEnvironment | string;
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
    python = await pythonWith(PACKAGES, MAX_INSTALL_MS);
  });
  after(async () => {
    await server.close();
    if (typeof python === "object") await python.remove();
  });

  const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(":") + 1));
  const exporters: Readonly<Record<string, () => object>> = {
    UDP: () => ({
      agent_host_name: "127.0.0.1",
      agent_port: portOf(server.url("jaeger-compact")),
    }),
    HTTP: () => ({
      collector_endpoint: `${server.url("jaeger-http")}/api/traces?format=jaeger.thrift`,
    }),
  };

  for (const [index, [name, exporter]] of Object.entries(exporters).entries()) {
    test(`gets a trace through over ${name}`, async (t) => {
      if (typeof python === "string") return t.skip(python);
      const traceId = `b${index}`.padEnd(32, "7");
      const environment = { TRACE_ID: traceId, EXPORTER: JSON.stringify(exporter()) };
      await python.run(PROGRAM, environment);

      const found = await jaegerTrace(server, traceId, 2);
      const order = found.span("process_order");
      const validation = found.span("validate_order");
      assert.equal(found.processOf(order).serviceName, "order-service");
      assert.deepEqual(
        validation.references.map(({ spanID }) => spanID),
        [order.spanID],
      );
      const tags = found.tagsOf(order);
      assert.equal(tags.get("user_id"), "user_12345");
      assert.equal(tags.get("items_count"), 3);
      assert.equal(tags.get("total"), 1299.99);
      const failed = found.tagsOf(validation);
      assert.equal(failed.get("span.kind"), "client");
      assert.equal(failed.get("error"), true);
      assert.equal(failed.get("otel.status_description"), "결제 거부");
      const [log] = validation.logs;
      const fields = new Map(log?.fields.map(({ key, value }) => [key, value]));
      assert.equal(fields.get("exception.type"), "ValueError");
      assert.equal(fields.get("exception.message"), "결제 거부");
      const [error] = (await verdictOf(server, traceId)).errors;
      assert.deepEqual([error?.type, error?.message], ["ValueError", "결제 거부"]);
    });
  }
});
