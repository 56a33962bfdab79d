import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { explanation } from "@culprit/api";
import { type Span, SpanKind, StatusCode } from "@culprit/trace-model";
import { encodeOtlpProtobuf } from "@culprit/wire";
import { postOtlp, startTestServer, type TestServer } from "../../test/running-server.ts";
import { resourceOf, sampleSpan, spanIdOf, traceIdOf } from "../../test/sample-spans.ts";

const SECOND = 1_000_000_000n;
const MS = 1_000_000n;
const HEALTHY = BigInt(Date.parse("2026-03-01T10:00:00Z")) * MS;
const FAULTY = BigInt(Date.parse("2026-03-01T11:00:00Z")) * MS;
const windows = {
  baseline: [{ from: "2026-03-01T10:00:00Z", to: "2026-03-01T10:10:00Z" }],
  incident: { from: "2026-03-01T11:00:00Z", to: "2026-03-01T11:10:00Z" },
};

/** The frontend asks the stock, which takes `stockMs`; the rest takes a little more or less each time. */
function order(n: number, start: bigint, stockMs: number, extra: Partial<Span> = {}): Span[] {
  const traceId = traceIdOf(n);
  const jitter = BigInt((n * 7919) % 1000) * 1000n;
  const stock = BigInt(stockMs) * MS + jitter;
  const span = (id: number, service: string, from: bigint, to: bigint, rest: Partial<Span>) =>
    sampleSpan({
      traceId,
      spanId: spanIdOf(id),
      resource: resourceOf(service),
      startUnixNano: start + from,
      endUnixNano: start + to,
      ...rest,
    });
  return [
    span(1, "frontend", 0n, 8n * MS + stock, { name: "POST /orders", kind: SpanKind.server }),
    span(2, "frontend", 2n * MS, 6n * MS + stock, {
      name: "GET",
      kind: SpanKind.client,
      parentSpanId: spanIdOf(1),
    }),
    span(3, "stock", 4n * MS, 4n * MS + stock, {
      name: "GET /stock",
      kind: SpanKind.server,
      parentSpanId: spanIdOf(2),
      ...extra,
    }),
  ];
}

describe("explain over HTTP", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
    const spans = Array.from({ length: 60 }, (_, n) => {
      const at = SECOND * BigInt(n % 30);
      return n < 30
        ? order(n, HEALTHY + at, 20)
        : order(n, FAULTY + at, 90, { attributes: new Map([["stock.shelf", "north"]]) });
    });
    // A failed order outside of both windows.
    spans.push(order(99, FAULTY + 3600n * SECOND, 20, { statusCode: StatusCode.error }));
    const body = Buffer.from(encodeOtlpProtobuf(spans.flat()));
    assert.equal((await postOtlp(server.url("otlp-http"), body)).status, 200);
  });
  after(() => server.close());

  function ask(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${server.url("query")}/api/culprit/explain`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  }

  test("names the service that got slower, with figures, examples and what its spans carry", async () => {
    const response = await ask(windows);
    assert.equal(response.status, 200);
    const found = explanation.parse(await response.json());
    assert.equal(found.baseline.traceCount, 30);
    assert.equal(found.incident.traceCount, 30);
    const [first] = found.suspects;
    assert.equal(first?.service, "stock");
    assert.equal(first?.operation, "GET /stock");
    assert.equal(first?.kind, "latency");
    assert.ok((first?.incident.p50Nanos ?? 0) > 89e6);
    assert.equal(first?.exampleTraceIds.length, 5);
    assert.match(found.summary, /^stock is the first suspect/);
    const [attribute] = found.attributes;
    assert.deepEqual([attribute?.key, attribute?.value], ["stock.shelf", "north"]);
    assert.deepEqual([attribute?.incidentShare, attribute?.baselineShare], [1, 0]);
  });

  test("splits one window by slowness, errors or an attribute", async () => {
    const window = { from: "2026-03-01T10:00:00Z", to: "2026-03-01T13:00:00Z" };
    for (const [split, incidentTraces] of [
      [{ by: "slow", quantile: 0.5 }, 31],
      [{ by: "errors" }, 1],
      [{ by: "attribute", key: "stock.shelf", value: "north" }, 30],
      [{ by: "attribute", key: "service.name", value: "stock" }, 61],
    ] as const) {
      const response = await ask({ window, split });
      const found = explanation.parse(await response.json());
      assert.equal(found.incident.traceCount, incidentTraces, JSON.stringify(split));
      assert.equal(found.baseline.traceCount, 61 - incidentTraces, JSON.stringify(split));
    }
  });

  test("conditions beyond what the engine takes are a 400 that says so, as lines too", async () => {
    // As many as an address holds.
    const query = Array.from({ length: 1000 }, (_, i) => `tag=a${i}:b`).join("&");
    const response = await ask({ ...windows, query });
    assert.equal(response.status, 400);
    const message = /bad-parameter.*bytes of SQL.*fewer or shorter/;
    assert.match(await response.text(), message);
    const lines = await ask({ ...windows, query }, { accept: "application/x-ndjson" });
    assert.match(await lines.text(), message);
    for (const path of ["/api/traces", "/api/culprit/traces"]) {
      const found = await fetch(`${server.url("query")}${path}?${query}`);
      assert.equal(found.status, 400);
      assert.match(await found.text(), /bytes of SQL/);
    }
  });

  test("a query narrows both sides", async () => {
    const response = await ask({ ...windows, query: "service=stock&tag=stock.shelf:north" });
    const found = explanation.parse(await response.json());
    assert.equal(found.baseline.traceCount, 0);
    assert.equal(found.incident.traceCount, 30);
    assert.deepEqual(found.suspects, []);
    assert.match(found.summary, /^The baseline has no traces/);
  });

  test("tells its progress line by line to whoever asks for it", async () => {
    const response = await ask(windows, { accept: "application/x-ndjson" });
    assert.equal(response.headers.get("content-type"), "application/x-ndjson");
    const lines = (await response.text())
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const last = lines.pop();
    assert.equal(explanation.parse(last.explanation).suspects[0]?.service, "stock");
    const progress = lines.map((line) => line.progress as number);
    assert.ok(progress.length > 1);
    assert.deepEqual(
      progress,
      progress.toSorted((a, b) => a - b),
    );
    assert.equal(progress.at(-1), 1);
  });

  test("says what is wrong with a question", async () => {
    const { baseline, incident } = windows;
    const [healthy] = baseline;
    for (const [body, message] of [
      ["{", /JSON/],
      [[], /the body takes a JSON object/],
      [{}, /'baseline' takes a list/],
      [{ baseline: [], incident }, /'baseline' takes a list of one or more windows/],
      [{ baseline }, /'incident' takes a JSON object, not nothing/],
      [{ baseline, incident: { from: "now", to: "later" } }, /'incident.from' takes an RFC 3339/],
      [{ baseline, incident: { from: incident.to, to: incident.from } }, /ends at or before/],
      [{ baseline: [healthy, healthy], incident }, /'baseline\[0\]' and 'baseline\[1\]' overlap/],
      [{ baseline, incident: healthy }, /overlap/],
      [{ baseline, incident, query: "limit=5" }, /'query' takes service, .*not "limit"/],
      [{ baseline, incident, query: "tag=x" }, /malformed 'tag'/],
      [{ baseline, incident, colour: 1 }, /not "colour"/],
      [{ window: healthy, split: { by: "slow", quantile: 1 } }, /'split.quantile' takes/],
      [{ window: healthy, split: { by: "luck" } }, /'split.by' is slow, errors or attribute/],
      [{ window: healthy, split: { by: "attribute", key: "" } }, /takes a 'key' and a 'value'/],
      [{ window: healthy, incident, split: { by: "errors" } }, /give either/],
    ] as const) {
      const response = await ask(body);
      assert.equal(response.status, 400, JSON.stringify(body));
      const { error } = (await response.json()) as { error: { code: string; message: string } };
      assert.equal(error.code, "bad-parameter");
      assert.match(error.message, message);
    }
  });
});
