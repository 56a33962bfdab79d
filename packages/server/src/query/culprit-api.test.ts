import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { findingKinds, spanDetail, traceList, tracePage, verdict } from "@culprit/api";
import { type Span, SpanCollector, SpanKind, StatusCode } from "@culprit/trace-model";
import { decodeOtlpJson, encodeOtlpProtobuf } from "@culprit/wire";
import { postOtlp, startTestServer, type TestServer } from "../../test/running-server.ts";
import { resourceOf, sampleSpan, spanIdOf, traceIdOf } from "../../test/sample-spans.ts";
import { parseTraceQuery } from "./trace-query-parameters.ts";

const DEFAULTS = { limit: 1, overMaxLimit: "refuse", nowMs: 0 } as const;
const BASE = 1_795_000_000_000_000_000n;
const MS = 1_000_000n;
/** A trace of three spans that fails in its database. */
const ORDER = traceIdOf(0xffff);

const order: readonly Span[] = [
  sampleSpan({
    traceId: ORDER,
    spanId: spanIdOf(1),
    name: "POST /orders",
    resource: resourceOf("frontend"),
    startUnixNano: BASE,
    endUnixNano: BASE + 100n * MS,
    statusCode: StatusCode.error,
  }),
  sampleSpan({
    traceId: ORDER,
    spanId: spanIdOf(2),
    parentSpanId: spanIdOf(1),
    name: "save",
    kind: SpanKind.internal,
    resource: resourceOf("order"),
    startUnixNano: BASE + 10n * MS,
    endUnixNano: BASE + 90n * MS,
    statusCode: StatusCode.error,
    statusMessage: "canceled",
    attributes: new Map<string, string | bigint | Uint8Array>([
      ["error.type", "57014"],
      ["rows", 2n ** 60n],
      ["key", Uint8Array.of(1, 2, 3)],
    ]),
  }),
  sampleSpan({
    traceId: ORDER,
    spanId: spanIdOf(3),
    parentSpanId: spanIdOf(0xbad),
    name: "lost",
    resource: resourceOf("order"),
    startUnixNano: BASE - 5n * MS,
    endUnixNano: BASE + 1n * MS,
  }),
];

/** Two spans each, one a second, the second half a second after its root. */
const many: readonly Span[] = Array.from({ length: 45 }, (_, n) => {
  const traceId = traceIdOf(n);
  const start = BASE + 1_000_000_000n * BigInt(n + 10);
  const root = { traceId, startUnixNano: start, endUnixNano: start + 700n * MS };
  return [
    sampleSpan({ ...root, spanId: spanIdOf(1) }),
    sampleSpan({
      ...root,
      spanId: spanIdOf(2),
      parentSpanId: spanIdOf(1),
      startUnixNano: start + 500n * MS,
    }),
  ];
}).flat();

describe("Culprit's own API", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
    const response = await postOtlp(
      server.url("otlp-http"),
      Buffer.from(encodeOtlpProtobuf([...order, ...many])),
    );
    assert.equal(response.status, 200);
  });
  after(() => server.close());

  async function get(path: string, status = 200): Promise<unknown> {
    const response = await fetch(`${server.url("query")}/api/culprit${path}`);
    assert.equal(response.status, status, path);
    assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
    return response.json();
  }

  test("a trace page holds the assembled rows as columns", async () => {
    const page = tracePage.parse(await get(`/traces/${ORDER}`));
    assert.deepEqual(page.spans.spanId, [spanIdOf(1), spanIdOf(2), spanIdOf(3)]);
    assert.deepEqual(page.spans.parent, [-1, 0, -1]);
    assert.deepEqual(page.spans.depth, [0, 1, 0]);
    assert.equal(page.startUnixNano, String(BASE - 5n * MS), "the earliest start of any span");
    assert.equal(page.durationNanos, 105e6);
    assert.deepEqual(page.spans.startNanos, [5e6, 15e6, 0]);
    assert.deepEqual(page.spans.status, [2, 2, 0]);
    assert.match(page.warnings.join(), /parent that never arrived/);
  });

  test("a trace is found by a short id in any case", async () => {
    const page = tracePage.parse(await get(`/traces/${ORDER.toUpperCase()}`));
    assert.equal(page.traceId, ORDER);
  });

  test("a span's detail keeps the types of its attributes", async () => {
    const detail = spanDetail.parse(await get(`/traces/${ORDER}/spans/${spanIdOf(2)}`));
    assert.equal(detail.operation, "save");
    assert.equal(detail.parentSpanId, spanIdOf(1));
    assert.deepEqual(detail.status, { code: "error", message: "canceled" });
    assert.deepEqual(detail.attributes, [
      { key: "error.type", type: "string", value: "57014" },
      { key: "rows", type: "int64", value: "1152921504606846976" },
      { key: "key", type: "bytes", value: "AQID" },
    ]);
    const lost = spanDetail.parse(await get(`/traces/${ORDER}/spans/${spanIdOf(3)}`));
    assert.equal(lost.parentSpanId, spanIdOf(0xbad));
    assert.equal(lost.warnings.length, 1);
  });

  test("the verdict names the culprit", async () => {
    const judged = verdict.parse(await get(`/traces/${ORDER}/verdict`));
    assert.equal(judged.bottleneck?.service, "order");
    assert.deepEqual(
      judged.errors.map(({ spanId, type }) => [spanId, type]),
      [[spanIdOf(2), "57014"]],
    );
  });

  test("everything received comes back as OTLP", async () => {
    const collector = new SpanCollector();
    decodeOtlpJson(JSON.stringify(await get(`/traces/${ORDER}/otlp`)), collector);
    const byId = collector.spans.toSorted((a, b) => (a.spanId < b.spanId ? -1 : 1));
    assert.deepEqual(byId, order);
  });

  test("paging shows every trace once, newest first", async () => {
    const seen: string[] = [];
    let before = "";
    for (let pages = 0; pages < 10; pages++) {
      const page = traceList.parse(await get(`/traces?service=shop&limit=10${before}`));
      seen.push(...page.traces.map(({ traceId }) => traceId));
      if (page.next === null) break;
      assert.equal(page.traces.length, 10);
      before = `&before=${page.next}`;
    }
    const newestFirst = Array.from({ length: 45 }, (_, n) => traceIdOf(44 - n));
    assert.deepEqual(seen, newestFirst);
  });

  test("the list takes the parameters of the search", async () => {
    const erring = traceList.parse(await get("/traces?tag=error:true"));
    assert.deepEqual(
      erring.traces.map(({ traceId }) => traceId),
      [ORDER],
    );
    assert.equal(erring.next, null);
    const [item] = erring.traces;
    assert.equal(item?.root.operation, "POST /orders");
    assert.deepEqual(item?.services, [
      { name: "frontend", spanCount: 1 },
      { name: "order", spanCount: 2 },
    ]);
    assert.match(item?.summary ?? "", /57014/);
    const none = traceList.parse(await get("/traces?service=nobody"));
    assert.deepEqual(none, { traces: [], next: null });
  });

  test("the kinds of findings are those that a search takes", async () => {
    const { kinds } = findingKinds.parse(await get("/finding-kinds"));
    assert.ok(kinds.includes("slow-query"));
    for (const kind of kinds) parseTraceQuery(new URLSearchParams({ finding: kind }), DEFAULTS);
  });

  const MISTAKES: readonly (readonly [path: string, status: number, code: string])[] = [
    [`/traces/${traceIdOf(0xdead)}`, 404, "trace-not-found"],
    [`/traces/${traceIdOf(0xdead)}/verdict`, 404, "trace-not-found"],
    [`/traces/${ORDER}/spans/${spanIdOf(99)}`, 404, "span-not-found"],
    ["/traces/xyz", 400, "bad-parameter"],
    ["/traces?minDuration=5", 400, "bad-parameter"],
    ["/traces?limit=1501", 400, "bad-parameter"],
    ["/traces?finding=bad-luck", 400, "bad-parameter"],
    ["/traces?before=yesterday", 400, "bad-parameter"],
    [`/traces/${ORDER}/verdict?overlapTolerance=2`, 400, "bad-parameter"],
    ["/nope", 404, "not-found"],
  ];
  for (const [path, status, code] of MISTAKES) {
    test(`${path} is a ${status} with the code ${code}`, async () => {
      const { error } = (await get(path, status)) as { error: { code: string; message: string } };
      assert.equal(error.code, code);
      assert.notEqual(error.message, "");
    });
  }

  test("OTLP is taken on the query port, too, so that an import needs one address", async () => {
    const traceId = traceIdOf(0x1234);
    const response = await postOtlp(
      server.url("query"),
      Buffer.from(encodeOtlpProtobuf([sampleSpan({ traceId })])),
    );
    assert.equal(response.status, 200);
    await get(`/traces/${traceId}`);
  });

  test("health and metrics answer", async () => {
    const health = await fetch(`${server.url("query")}/healthz`);
    assert.deepEqual(await health.json(), { status: "ok", overloaded: false });
    const metrics = await (await fetch(`${server.url("query")}/metrics`)).text();
    assert.match(metrics, /^culprit_received_spans_total\{receiver="otlp-http"\} \d+$/m);
    assert.match(metrics, /^culprit_block_spans_count [1-9]/m);
    assert.match(metrics, /^culprit_commit_seconds_count [1-9]/m);
    assert.match(metrics, /^culprit_engine_file_syncs_total [1-9]/m);
  });
});
