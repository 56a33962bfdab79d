// Every answer of the v1 query API against what a real Jaeger 1.76 answered to the same request over the same spans.
// Where we differ on purpose, the difference is named here and nowhere else.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { postOtlp, startTestServer, type TestServer } from "../../test/running-server.ts";

const RECORDED = path.join(import.meta.dirname, "../../../../../shared/fixtures/jaeger-recorded");
const SKIP = existsSync(RECORDED) ? false : "the recorded answers (shared/fixtures) are not here";

interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly answer: Envelope;
}

interface Envelope {
  readonly data: unknown;
  readonly total: number;
  readonly errors: readonly { code?: number; msg: string; traceID?: string }[] | null;
}

/** The endpoints that are built; the other recorded ones come later. */
const BUILT = /^\/api\/(services|operations|traces)(\/|\?|$)/;

const DIFFERENCES = {
  "Jaeger's own service does not exist here": (e: Exchange) => e.path === "/api/services",
  "an empty list is [] where Jaeger says null": (e: Exchange) =>
    e.status === 200 && e.answer.data === null,
  "a search without a service looks at all": (e: Exchange) =>
    e.path.startsWith("/api/traces?") && !/[?&](service|traceID)=/.test(e.path),
  "error:false includes unset": (e: Exchange) => e.path.includes("tag=error:false"),
  "below the number of matches, count and membership are compared": (e: Exchange) =>
    /[?&]limit=3(&|$)/.test(e.path),
  "a zero-length span has no warning": (e: Exchange) =>
    e.path.includes("5eed0a11000000000000000000000002"),
} as const;
type Difference = keyof typeof DIFFERENCES;

/** The time of the recorded spans. */
const RECORDED_MS = 1_795_000_000_000;
const TWO_DAYS_MS = 2 * 86_400_000;

const exchanges: readonly Exchange[] = SKIP
  ? []
  : JSON.parse(readFileSync(path.join(RECORDED, "v1-answers.json"), "utf8")).filter(
      (exchange: Exchange) => exchange.method === "GET" && BUILT.test(exchange.path),
    );

describe("Jaeger's v1 query API as recorded", { skip: SKIP }, () => {
  let server: TestServer;
  let allOfSeries: readonly string[] = [];

  before(async () => {
    server = await startTestServer();
    const spans = readFileSync(path.join(RECORDED, "otlp-in.json"), "utf8");
    assert.equal((await postOtlp(server.url("otlp-http"), spans)).status, 200);
    const series = exchanges.find((exchange) => exchange.path.endsWith("limit=20"));
    allOfSeries = traceIds(series?.answer.data ?? []);
    assert.equal(allOfSeries.length, 10);
  });
  after(() => server.close());

  for (const exchange of exchanges) {
    const differences = (Object.keys(DIFFERENCES) as Difference[]).filter((name) =>
      DIFFERENCES[name](exchange),
    );
    const note = differences.length === 0 ? "" : ` (${differences.join("; ")})`;
    const isRecent = Math.abs(Date.now() - RECORDED_MS) < TWO_DAYS_MS;
    const skip =
      isRecent && !/[?&](start|traceID)=|traces\/|\/(services|operations)/.test(exchange.path);
    test(`${exchange.path}${note}`, { skip }, async () => {
      const response = await fetch(server.url("query") + exchange.path);
      assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
      const answer = (await response.json()) as Envelope;
      compare(exchange, answer, response.status, new Set(differences));
    });
  }

  function compare(
    exchange: Exchange,
    answer: Envelope,
    status: number,
    differences: ReadonlySet<Difference>,
  ): void {
    if (differences.has("a search without a service looks at all")) {
      assert.equal(status, 200);
      assert.equal(traceIds(answer.data).length, 15);
      return;
    }
    assert.equal(status, exchange.status);
    assert.deepEqual(Object.keys(answer).sort(), ["data", "errors", "limit", "offset", "total"]);
    if (exchange.status !== 200) {
      compareErrors(exchange.answer, answer);
      return;
    }
    if (differences.has("error:false includes unset")) {
      const erring = ["2b", "2e"].map((end) => `5eed0a110000000000000000000000${end}`);
      const others = allOfSeries.filter((id) => !erring.includes(id));
      assert.deepEqual(traceIds(answer.data).sort(), others.toSorted());
      return;
    }
    if (differences.has("below the number of matches, count and membership are compared")) {
      const ids = traceIds(answer.data);
      assert.equal(ids.length, traceIds(exchange.answer.data).length);
      assert.deepEqual(ids, allOfSeries.toSorted().reverse().slice(0, 3), "ours are the newest");
      return;
    }
    const isOwnService = differences.has("Jaeger's own service does not exist here");
    const expected = isOwnService ? withoutJaeger(exchange.answer) : exchange.answer;
    assert.deepEqual(canonical(answer.data), canonical(expected.data ?? []));
    assert.equal(answer.total, expected.total);
    assert.deepEqual(answer.errors, expected.errors);
  }
});

test("prettyPrint=true indents", { skip: SKIP }, async () => {
  const server = await startTestServer();
  try {
    const response = await fetch(`${server.url("query")}/api/services?prettyPrint=true`);
    const text = await response.text();
    assert.equal(text, JSON.stringify(JSON.parse(text), null, 4));
    assert.deepEqual(JSON.parse(text).data, [], "no services yet: an empty list");
  } finally {
    await server.close();
  }
});

/** Texts are compared where they are Jaeger's own, and up to the quoted parser where they are Go's. */
function compareErrors(expected: Envelope, answer: Envelope): void {
  assert.equal(answer.data, null);
  const [theirs] = expected.errors ?? [];
  const [ours] = answer.errors ?? [];
  assert.equal(answer.errors?.length, 1);
  assert.equal(ours?.code, theirs?.code);
  const meaning = (theirs?.msg ?? "").split(/strconv\.|json: |invalid character|time: /)[0] ?? "";
  assert.ok(ours?.msg.startsWith(meaning.trimEnd()), `${ours?.msg} means ${theirs?.msg}`);
}

function withoutJaeger(answer: Envelope): Envelope {
  const services = (answer.data as string[]).filter((name) => name !== "jaeger-all-in-one");
  return { ...answer, data: services, total: services.length };
}

interface JaegerTraceJson {
  readonly traceID: string;
  readonly spans: readonly {
    readonly processID: string;
    readonly warnings: readonly string[] | null;
    readonly duration: number;
    readonly logs: readonly { readonly fields: readonly unknown[] }[];
    readonly tags: readonly unknown[];
    readonly references: readonly unknown[];
  }[];
  readonly processes: Readonly<Record<string, { readonly tags: readonly unknown[] }>>;
}

function isTrace(value: unknown): value is JaegerTraceJson {
  return typeof value === "object" && value !== null && "spans" in value;
}

function traceIds(data: unknown): string[] {
  return (data as JaegerTraceJson[]).map(({ traceID }) => traceID);
}

/** Arrays as sets, processes by content, warnings by number. */
function canonical(data: unknown): unknown {
  const items = data as unknown[];
  return asSet(items.map((item) => (isTrace(item) ? canonicalTrace(item) : item)));
}

function canonicalTrace(trace: JaegerTraceJson): unknown {
  const processes = Object.values(trace.processes).map((p) => ({ ...p, tags: asSet(p.tags) }));
  const spans = trace.spans.map(({ processID, ...span }) => {
    const process = trace.processes[processID];
    return {
      ...span,
      process: { ...process, tags: asSet(process?.tags ?? []) },
      warnings: span.duration === 0 ? 0 : (span.warnings?.length ?? 0),
      tags: asSet(span.tags),
      references: asSet(span.references),
      logs: asSet(span.logs.map((log) => ({ ...log, fields: asSet(log.fields) }))),
    };
  });
  return { ...trace, spans: asSet(spans), processes: asSet(processes) };
}

function asSet(items: readonly unknown[]): unknown[] {
  return items.map(sortKeys).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

function sortKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
