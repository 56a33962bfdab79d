import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { after, before, test } from "node:test";
import {
  type OtlpJsonReceiver,
  type ReceivedSpan,
  startOtlpJsonReceiver,
} from "../test/otlp-json-receiver.ts";
import { runApp, waitToSay } from "../test/run-app.ts";

let receiver: OtlpJsonReceiver;

before(async () => {
  receiver = await startOtlpJsonReceiver();
});
after(() => receiver.close());

function environment(service: string): Record<string, string> {
  return { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_SERVICE_NAME: service };
}

function of(service: string): readonly ReceivedSpan[] {
  return receiver.spans.filter((span) => span.service === service);
}

test("one trace through two processes, by fetch and by node:http; connections alone leave none", async () => {
  const server = runApp("server.ts", environment("callee"));
  const [, port] = await waitToSay(server, /listening (\d+)/);
  const client = runApp("client.ts", {
    ...environment("caller"),
    TARGET: `http://localhost:${port}`,
  });
  assert.equal(await client.ended, 0, client.said());
  server.child.kill("SIGTERM");
  assert.equal(await server.ended, "SIGTERM");

  const traces = new Set(receiver.spans.map((span) => span.traceId));
  assert.equal(traces.size, 1);
  const [work] = of("caller").filter((span) => span.name === "work");
  assert.equal(work?.parentSpanId, undefined);
  const calls = of("caller").filter((span) => span.name === "GET" && span.kind === "CLIENT");
  assert.deepEqual(calls.map((span) => [span.scope, span.parentSpanId]).toSorted(), [
    ["@opentelemetry/instrumentation-http", work?.spanId],
    ["@opentelemetry/instrumentation-undici", work?.spanId],
  ]);
  const served = of("callee").filter((span) => span.kind === "SERVER");
  assert.deepEqual(
    served.map((span) => span.parentSpanId).toSorted(),
    calls.map((span) => span.spanId).toSorted(),
  );
  const names = new Set(of("caller").map((span) => span.name));
  assert.ok(names.has("tcp.connect") && names.has("dns.lookup"), [...names].join());
  const ids = new Set(receiver.spans.map((span) => span.spanId));
  for (const span of receiver.spans) {
    assert.ok(span === work || ids.has(span.parentSpanId ?? ""), `${span.name} has no parent`);
  }
});

test("a Fastify request makes a SERVER span with its route; its error is recorded once", async () => {
  const app = runApp("fastify.ts", environment("fastify-app"));
  assert.equal(await app.ended, 0, app.said());
  const spans = of("fastify-app").filter((span) => span.kind !== "CLIENT");
  const server = spans.find((span) => span.kind === "SERVER");
  assert.equal(server?.name, "GET /fails/:id");
  assert.equal(server?.status, "ERROR");
  assert.equal(server?.attributes["error.type"], "500");
  const inside = spans.filter((span) => span.scope === "@fastify/otel");
  assert.deepEqual(inside.map((span) => span.name.split(" ")[0]).toSorted(), [
    "handler",
    "request",
  ]);
  assert.deepEqual(
    inside.map((span) => span.status),
    ["ERROR", "ERROR"],
  );
  const recorded = spans.filter((span) => span.eventNames.includes("exception"));
  assert.equal(recorded.length, 1);
  assert.equal(recorded[0]?.attributes["error.type"], "TypeError");
});

test("an Express request makes a SERVER span with its route, and one for its handler", async () => {
  const app = runApp("express.mjs", environment("express-app"));
  assert.equal(await app.ended, 0, app.said());
  const server = of("express-app").find((span) => span.kind === "SERVER");
  assert.equal(server?.name, "GET /items/:id");
  const inside = of("express-app").filter((span) => span.scope.endsWith("express"));
  assert.deepEqual(
    inside.map((span) => [span.name, span.parentSpanId]),
    [["request handler", server?.spanId]],
  );
});

test("SIGTERM sends what is queued and then ends the process as it always would", async () => {
  const app = runApp("waits.ts", environment("waiting-app"));
  await waitToSay(app, /waiting/);
  app.child.kill("SIGTERM");
  assert.equal(await app.ended, "SIGTERM");
  assert.deepEqual(
    of("waiting-app").map((span) => span.name),
    ["before the signal"],
  );
});

test("with nobody to take the spans the application runs to its end and says so once", async () => {
  const app = runApp("spans.ts", {
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
    OTEL_EXPORTER_OTLP_TIMEOUT: "300",
    OTEL_BSP_SCHEDULE_DELAY: "10",
    SPANS: "100",
  });
  assert.equal(await app.ended, 0);
  assert.match(app.said(), /done/);
  const complaints = app
    .said()
    .split("\n")
    .filter((line) => line.includes("do not get through"));
  assert.equal(complaints.length, 1, app.said());
  assert.match(complaints[0] ?? "", /http:\/\/127\.0\.0\.1:1\/v1\/traces \(.*ECONNREFUSED/);
});

for (const [way, env] of [
  ["by itself", {}],
  ["after its shutdown", { SHUTDOWN: "yes" }],
] as const) {
  test(`a program that ends ${way} does not wait for a receiver that never answers, and says so once`, async () => {
    const sockets = new Set<Socket>();
    const mute = createServer((socket) => sockets.add(socket.on("error", () => {})));
    mute.listen(0, "127.0.0.1");
    await once(mute, "listening");
    const { port } = mute.address() as AddressInfo;
    const app = runApp("gives-up.ts", {
      ...env,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: "20000",
    });
    assert.equal(await app.ended, 3, app.said());
    for (const socket of sockets) socket.destroy();
    mute.close();
    assert.match(app.said(), /^done\n.*do not get through.*\(no answer within 200 ms\).*\n$/);
  });
}
