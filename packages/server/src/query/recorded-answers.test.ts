// Every answer of Jaeger's query APIs against what real Jaegers answered to the same request over the same spans: v1 of
// Jaeger 1.76, v3 (and what is left of v1) of its main branch. Where we differ on purpose, the difference is named here
// and nowhere else.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertSameOtlp } from "../../../wire/test/otlp-identity.ts";
import { fixtureBytes, fixtureJson } from "../../../wire/test/shared-fixtures.ts";
import {
  asSet,
  assertSameEnvelope,
  canonicalSummaries,
  comparableOtlp,
  type Envelope,
  EXCHANGES,
  type Exchange,
  type Json,
  OTLP_IN,
  skip,
  traceIdsOf,
} from "../../test/recorded-answers.ts";
import { postOtlp, startTestServer, type TestServer } from "../../test/running-server.ts";

/** Below what matches: three of ten of the series, or five of all. */
const FEW = /[?&](limit=3|query\.(searchDepth|search_depth|num_traces)=[235])(&|$)/;

const DIFFERENCES = {
  "errors are application/json": (e: Exchange) =>
    e.status >= 400 && !(e.contentType ?? "").startsWith("application/json"),
  "an empty list is [] where Jaeger says null": (e: Exchange) =>
    e.status === 200 && (e.answer as Partial<Envelope>).data === null,
  "searchDepth=0 is a 400": (e: Exchange) => /query\.searchDepth=0(&|$)/.test(e.path),
  "v1 and v3 exist in one server": (e: Exchange) =>
    e.server === "main" && e.path === "/api/services",
  "archive works": (e: Exchange) => e.method === "POST" && e.path.startsWith("/api/archive/"),
  "unknown API paths are 404 JSON": (e: Exchange) => /^\/api\/(v3\/)?nope$/.test(e.path),
  "metrics answer": (e: Exchange) => e.status === 501,
  "v3 has dependencies": (e: Exchange) => e.path.startsWith("/api/v3/dependencies"),
  "pairs inside one service are dependencies": (e: Exchange) =>
    e.server === "v1" && e.status === 200 && /^\/api\/dependencies\?/.test(e.path),
  "Jaeger's own service does not exist here": (e: Exchange) =>
    e.server === "v1" && e.path === "/api/services",
  "a search without a service looks at all": (e: Exchange) =>
    e.path.startsWith("/api/traces?") && !/[?&](service|traceID)=/.test(e.path),
  "error:false includes unset": (e: Exchange) => e.path.includes("tag=error:false"),
  "below the number of matches, count and membership are compared": (e: Exchange) =>
    FEW.test(e.path),
  "empty scopeSpans are ignored": (e: Exchange) =>
    JSON.stringify(e.answer).includes('{"scope":{}}'),
  "a zero-length span has no warning": (e: Exchange) =>
    /Negative duration/.test(JSON.stringify(e.answer)),
  "texts of errors are free where Jaeger's are Go's": (e: Exchange) =>
    e.status >= 400 && GO.test(JSON.stringify(e.answer)),
} as const;
type Difference = keyof typeof DIFFERENCES;

/** Where Go's own words begin. */
const GO = /strconv\.|json: |invalid character|time: |parsing time|invalid length|ReadObject/;

/** The time of the recorded spans: before it and long after it, a search without times finds nothing. */
const RECORDED_MS = 1_795_000_000_000;
const TWO_DAYS_MS = 2 * 86_400_000;

function differencesOf(exchange: Exchange): Difference[] {
  return (Object.keys(DIFFERENCES) as Difference[]).filter((name) => DIFFERENCES[name](exchange));
}

describe("Jaeger's query APIs as recorded", { skip }, () => {
  let server: TestServer;
  let idsIn: readonly string[] = [];
  let idsOfSeries: readonly string[] = [];

  before(async () => {
    server = await startTestServer();
    const spans = fixtureBytes(OTLP_IN);
    const json = new TextDecoder().decode(spans);
    assert.equal((await postOtlp(server.url("otlp-http"), json)).status, 200);
    idsIn = traceIdsOf({ result: fixtureJson(OTLP_IN) });
    const series = EXCHANGES.find(({ path }) => path.endsWith("limit=20"));
    idsOfSeries = traceIdsOf(series?.answer);
    assert.deepEqual([idsIn.length, idsOfSeries.length], [15, 10]);
  });
  after(() => server.close());

  for (const exchange of EXCHANGES) {
    const differences = differencesOf(exchange);
    const note = differences.length === 0 ? "" : ` (${differences.join("; ")})`;
    const { method, path } = exchange;
    const isUndated =
      /^\/api\/traces\?(?!.*[?&](start|traceID)=)/.test(path) ||
      /^\/api\/(dependencies|metrics)(?!.*[?&]endTs=)/.test(path);
    const isRecent = Math.abs(Date.now() - RECORDED_MS) < TWO_DAYS_MS;
    test(`${exchange.server} ${method} ${path}${note}`, {
      skip: isUndated && isRecent,
    }, async () => {
      const response = await fetch(server.url("query") + path, {
        method,
        ...(exchange.body === undefined ? {} : { body: JSON.stringify(exchange.body) }),
      });
      assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
      compare(exchange, response.status, await response.json(), new Set(differences));
    });
  }

  function compare(
    exchange: Exchange,
    status: number,
    answer: Json,
    differences: ReadonlySet<Difference>,
  ): void {
    const { path } = exchange;
    if (differences.has("archive works")) {
      const isThere = !path.endsWith("f".repeat(32));
      assert.equal(status, isThere ? 200 : 404);
      assert.equal(answer["errors"] === null, isThere);
    } else if (differences.has("v1 and v3 exist in one server")) {
      assert.equal(status, 200);
      assert.equal((answer["data"] as unknown[]).length, 11);
    } else if (differences.has("a search without a service looks at all")) {
      assert.equal(status, 200);
      assert.deepEqual(traceIdsOf(answer), idsIn);
    } else if (differences.has("searchDepth=0 is a 400")) {
      compareError(path, { ...exchange, status: 400 }, status, answer);
    } else if (differences.has("metrics answer")) {
      assert.equal(status, 200);
      // Their window is the last hour.
      if (path.endsWith("minstep")) assert.equal(answer["data"], 1);
      else assert.deepEqual([answer["name"], answer["metrics"]], ["service_call_rate", []]);
    } else if (differences.has("v3 has dependencies")) {
      assert.equal(status, 400);
      assert.match(errorOf(path, answer).message, /startTime/);
    } else if (differences.has("unknown API paths are 404 JSON")) {
      assert.equal(status, 404);
      assert.match(errorOf(path, answer).message, /no such path/);
    } else if (exchange.status !== 200) {
      compareError(path, exchange, status, answer);
    } else {
      assert.equal(status, 200);
      compareFound(exchange, answer, differences);
    }
  }

  function compareFound(
    exchange: Exchange,
    answer: Json,
    differences: ReadonlySet<Difference>,
  ): void {
    const { path } = exchange;
    if (differences.has("below the number of matches, count and membership are compared")) {
      const count = traceIdsOf(exchange.answer).length;
      const isOfSeries = /series/.test(path);
      if (isOfSeries && !/duration/.test(path)) {
        assert.deepEqual(traceIdsOf(answer), idsOfSeries.slice(-count), "ours are the newest");
      }
      assert.equal(traceIdsOf(answer).length, count);
      for (const id of traceIdsOf(answer))
        assert.ok((isOfSeries ? idsOfSeries : idsIn).includes(id));
    } else if (differences.has("error:false includes unset")) {
      const erring = ["2b", "2e"].map((end) => `5eed0a110000000000000000000000${end}`);
      const others = idsOfSeries.filter((id) => !erring.includes(id));
      assert.deepEqual(traceIdsOf(answer), others);
    } else if (path.startsWith("/api/v3/traces")) {
      const [have, want] = [answer["result"], (exchange.answer as Json)["result"]] as [Json, Json];
      assertSameOtlp(comparableOtlp(have), comparableOtlp(want));
    } else if (path.startsWith("/api/v3/trace-summaries")) {
      assert.deepEqual(canonicalSummaries(answer), canonicalSummaries(exchange.answer));
    } else if (path.startsWith("/api/v3/")) {
      assert.deepEqual(lists(answer), lists(exchange.answer as Json));
    } else {
      const envelope = answer as unknown as Envelope;
      const shown = differences.has("pairs inside one service are dependencies")
        ? { ...envelope, data: betweenServices(envelope.data) }
        : envelope;
      assertSameEnvelope(shown, expectedEnvelope(exchange, differences));
    }
  }
});

function expectedEnvelope(exchange: Exchange, differences: ReadonlySet<Difference>): Envelope {
  const answer = exchange.answer as Envelope;
  if (differences.has("an empty list is [] where Jaeger says null")) return { ...answer, data: [] };
  if (!differences.has("Jaeger's own service does not exist here")) return answer;
  const services = (answer.data as string[]).filter((name) => name !== "jaeger-all-in-one");
  return { ...answer, data: services, total: services.length };
}

function betweenServices(links: unknown): unknown[] {
  return (links as { readonly parent: string; readonly child: string }[]).filter(
    ({ parent, child }) => parent !== child,
  );
}

function lists(answer: Json): unknown {
  const entries = Object.entries(answer).map(([key, list]) => [key, asSet(list as unknown[])]);
  return Object.fromEntries(entries);
}

interface ErrorText {
  readonly code: number | undefined;
  readonly message: string;
}

/** In the form of the API whose path it is. */
function errorOf(path: string, answer: Json): ErrorText {
  if (path.startsWith("/api/v3/")) {
    const { httpCode, message } = answer["error"] as { httpCode: number; message: string };
    return { code: httpCode, message };
  }
  const { data, errors } = answer as unknown as Envelope;
  assert.equal(data, null);
  assert.equal(errors?.length, 1);
  return { code: errors[0]?.code, message: errors[0]?.msg ?? "" };
}

/** Texts are compared where they are Jaeger's own, and up to the quoted parser where they are Go's. */
function compareError(path: string, expected: Exchange, status: number, answer: Json): void {
  assert.equal(status, expected.status);
  const ours = errorOf(path, answer);
  assert.equal(ours.code, expected.status);
  if (typeof expected.answer === "string" || /searchDepth=0/.test(path)) return;
  const theirs = errorOf(path, expected.answer as Json).message;
  const meaning = theirs.split(GO)[0] ?? "";
  assert.ok(
    ours.message.replace("OTLP:", "OTLP :").startsWith(meaning.trimEnd()),
    `${ours.message} means ${theirs}`,
  );
}

test("all recorded requests are compared, and every difference is one", { skip }, () => {
  assert.equal(EXCHANGES.length, 165);
  const used = new Set(EXCHANGES.flatMap(differencesOf));
  assert.deepEqual(
    Object.keys(DIFFERENCES).filter((name) => !used.has(name as Difference)),
    [],
  );
});
