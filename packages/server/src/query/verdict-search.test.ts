import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { ANALYSIS_VERSION, judgeTrace } from "@culprit/analysis";
import { profile, traceList } from "@culprit/api";
import { openEmbeddedStore, type Store, VerdictBlock } from "@culprit/store";
import { assembleTrace, type Span, SpanReplay, StatusCode } from "@culprit/trace-model";
import { startTestServer, type TestServer } from "../../test/running-server.ts";
import { resourceOf, sampleSpan, spanIdOf, traceIdOf } from "../../test/sample-spans.ts";

const MS = 1_000_000n;
const START = BigInt(Date.now() - 600_000) * MS;

/** Even ones wait for db, whose statement takes 600 ms and fails in every fourth; odd ones are the shop's own. */
function orderTrace(n: number): Span[] {
  const start = START + BigInt(n) * 1000n * MS;
  const traceId = traceIdOf(n);
  const root = sampleSpan({ traceId, startUnixNano: start, endUnixNano: start + 700n * MS });
  const query = sampleSpan({
    traceId,
    spanId: spanIdOf(2),
    parentSpanId: root.spanId,
    name: "SELECT 1",
    resource: resourceOf("db"),
    attributes: new Map([["db.system.name", "postgresql"]]),
    startUnixNano: start,
    endUnixNano: start + (n % 2 === 0 ? 600n : 10n) * MS,
    statusCode: n % 4 === 0 ? StatusCode.error : StatusCode.unset,
  });
  return [root, query];
}

async function fill(store: Store, traces: readonly (readonly Span[])[]): Promise<void> {
  const outcome = store.writer.append((sink) => {
    const replay = new SpanReplay(sink);
    for (const span of traces.flat()) replay.span(span);
  });
  assert.equal(outcome.kind, "accepted");
  await outcome.committed;
  const block = new VerdictBlock();
  for (const spans of traces) {
    const now = store.ledger.now();
    const judged = judgeTrace(assembleTrace(spans));
    block.add(
      { ...judged, receivedUnixNano: now, analysisVersion: ANALYSIS_VERSION },
      { judgedUnixNano: now, again: false, notJudged: "" },
    );
  }
  await store.ledger.keep([{ columns: block.columns(), rows: block.rows }]);
}

describe("a search by verdict", () => {
  let folder = "";
  let server: TestServer;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "culprit-verdict-search-"));
    server = await startTestServer({
      storesVerdicts: false,
      openStore: async (hooks) => {
        const store = await openEmbeddedStore(folder, hooks);
        await fill(
          store,
          Array.from({ length: 20 }, (_, n) => orderTrace(n)),
        );
        return store;
      },
    });
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const get = async (pathAndQuery: string): Promise<unknown> => {
    const response = await fetch(`${server.url("query")}${pathAndQuery}`);
    assert.equal(response.status, 200, pathAndQuery);
    return response.json();
  };
  const listed = async (query: string): Promise<string[]> => {
    const ids: string[] = [];
    for (let before = ""; ; ) {
      const page = traceList.parse(await get(`/api/culprit/traces?limit=3&${query}${before}`));
      ids.push(...page.traces.map(({ traceId }) => traceId));
      if (page.next === null) return ids;
      before = `&before=${page.next}`;
    }
  };
  const newestFirst = (matches: (n: number) => boolean): string[] =>
    Array.from({ length: 20 }, (_, n) => 19 - n)
      .filter(matches)
      .map(traceIdOf);

  const QUESTIONS: readonly (readonly [string, (n: number) => boolean])[] = [
    ["bottleneck=db", (n) => n % 2 === 0],
    ["bottleneck=shop", (n) => n % 2 === 1],
    ["finding=slow-query", (n) => n % 2 === 0],
    ["errorOrigin=db", (n) => n % 4 === 0],
    ["errorOrigin=db&bottleneck=shop", () => false],
    ["bottleneck=db&finding=slow-query&errorOrigin=db&service=shop", (n) => n % 4 === 0],
    [`bottleneck=db&start=${(START + 9_000n * MS) / 1000n}`, (n) => n % 2 === 0 && n > 8],
    ["bottleneck=nobody", () => false],
  ];
  for (const [query, matches] of QUESTIONS) {
    test(`${query} finds the same in the list, page by page, and in Jaeger's search`, async () => {
      const expected = newestFirst(matches);
      assert.deepEqual(await listed(query), expected);
      const { data } = (await get(`/api/traces?${query}`)) as { data: { traceID: string }[] };
      assert.deepEqual(
        data.map(({ traceID }) => traceID),
        expected,
      );
    });
  }

  test("an unknown kind of finding is a 400 that lists the kinds, in both searches", async () => {
    for (const where of ["/api/culprit/traces", "/api/traces"]) {
      const response = await fetch(`${server.url("query")}${where}?finding=luck`);
      assert.equal(response.status, 400);
      assert.match(await response.text(), /'finding' is one of bottleneck, .*slow-query/);
    }
  });

  test("a profile takes the same conditions, as document and as folded stacks", async () => {
    const iso = (nanos: bigint): string => new Date(Number(nanos / MS)).toISOString();
    const window = `from=${iso(START)}&to=${iso(START + 60_000n * MS)}`;
    const found = profile.parse(await get(`/api/culprit/profile?${window}&errorOrigin=db`));
    assert.equal(found.traceCount, 5);
    const [band] = found.bands;
    assert.deepEqual(
      band?.operations.map(({ operation, criticalPathNanos }) => [operation, criticalPathNanos]),
      [
        ["SELECT 1", 3000e6],
        ["GET /", 500e6],
      ],
    );
    const response = await fetch(
      `${server.url("query")}/api/culprit/profile?${window}&errorOrigin=db&format=folded`,
    );
    assert.match(response.headers.get("content-type") ?? "", /^text\/plain/);
    assert.equal(
      await response.text(),
      "shop GET / 500000000\nshop GET /;db SELECT 1 3000000000\n",
    );
  });

  const MISTAKES: readonly (readonly [string, RegExp])[] = [
    ["", /'from' is missing: it takes a time such as/],
    ["from=2026-11-22T10:00:00Z", /'to' is missing/],
    ["from=2026-11-22T10:00:00Z&to=2026-11-22T10:00:00Z", /'to' is later than 'from'/],
    ["from=1&to=2", /'from' is not .*1.*: it takes a time/],
    ["from=2026-11-22T10:00:00Z&to=2026-11-22T11:00:00Z&format=svg", /'format' is json or folded/],
    ["from=2026-11-22T10:00:00Z&to=2026-11-22T11:00:00Z&band=1-2", /'band' is one of 0-50/],
    ["from=2026-11-22T10:00:00Z&to=2026-11-22T11:00:00Z&bottelneck=db", /not .*bottelneck/],
  ];
  for (const [query, message] of MISTAKES) {
    test(`a profile of "${query}" is a 400`, async () => {
      const response = await fetch(`${server.url("query")}/api/culprit/profile?${query}`);
      assert.equal(response.status, 400);
      assert.match(await response.text(), message);
    });
  }
});
