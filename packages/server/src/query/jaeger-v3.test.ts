import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { DependencyReader } from "@culprit/store";
import { encodeOtlpJson } from "@culprit/wire";
import fastify from "fastify";
import { postOtlp, startTestServer, type TestServer } from "../../test/running-server.ts";
import { sampleSpan, spanIdOf, traceIdOf } from "../../test/sample-spans.ts";
import { registerJaegerV3 } from "./jaeger-v3.ts";

const COUNT = 5;
/** Of the first trace; the others follow second by second. 2026-11-18T11:06:40Z */
const START = sampleSpan().startUnixNano;
const ALL = "query.startTimeMin=2026-11-18T11:00:00Z&query.startTimeMax=2026-11-18T12:00:00Z";

let server: TestServer;
before(async () => {
  server = await startTestServer();
  const spans = Array.from({ length: COUNT }, (_, n) => {
    const startUnixNano = START + BigInt(n) * 1_000_000_000n;
    return sampleSpan({
      traceId: traceIdOf(n),
      spanId: spanIdOf(n),
      startUnixNano,
      endUnixNano: startUnixNano + 10_000_000n,
      name: `step ${n}`,
      attributes: new Map([["n", String(n)]]),
    });
  });
  assert.equal((await postOtlp(server.url("otlp-http"), encodeOtlpJson(spans))).status, 200);
});
after(() => server.close());

interface Answer {
  readonly result?: { readonly resourceSpans: readonly unknown[] };
  readonly summaries?: readonly { readonly traceId: string }[];
  readonly error?: { readonly httpCode: number; readonly message: string };
}

async function ask(path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(
    server.url("query") + path,
    body === undefined
      ? {}
      : {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        },
  );
  assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
  const answer = (await response.json()) as Answer;
  assert.equal(response.status, answer.error?.httpCode ?? 200);
  return answer;
}

/** Numbers of the traces that a search finds, in the order of the answer; both endpoints give the same. */
async function found(parameters: string): Promise<number[]> {
  const { summaries } = await ask(`/api/v3/trace-summaries?${parameters}`);
  const numbers = summaries?.map(({ traceId }) => Number.parseInt(traceId.slice(1), 16)) ?? [];
  const { result } = await ask(`/api/v3/traces?${parameters}`);
  const ids = JSON.stringify(result ?? {}).match(/(?<="traceId":"a)[0-9a-f]+/g) ?? [];
  assert.deepEqual(
    ids.map((id) => Number.parseInt(id, 16)),
    numbers,
  );
  return numbers;
}

const SEARCHES: readonly (readonly [string, readonly number[]])[] = [
  [ALL, [4, 3, 2, 1, 0]],
  [`${ALL}&query.serviceName=shop&query.operationName=step%202`, [2]],
  [`${ALL}&query.service_name=shop&query.operation_name=step+2`, [2]],
  [`${ALL}&query.span_name=step+2`, [2]],
  [`${ALL}&query.serviceName=nobody`, []],
  [`${ALL}&query.attributes={"n":"1"}`, [1]],
  [`${ALL}&query.searchDepth=2`, [4, 3]],
  [`${ALL}&query.num_traces=1`, [4]],
  [`${ALL}&query.searchDepth=99999`, [4, 3, 2, 1, 0]],
  [`${ALL}&query.durationMin=10ms&query.durationMax=0.01s`, [4, 3, 2, 1, 0]],
  [`${ALL}&query.durationMin=10.1ms`, []],
  [`${ALL}&query.durationMin=2s&query.durationMax=1s`, []],
  [`${ALL}&query.durationMin=0s&query.durationMax=0`, [4, 3, 2, 1, 0]],
  // Grafana sends times as they are: the plus of an offset arrives as a space.
  [
    "query.start_time_min=2026-11-18T13:06:41.000000000+02:00&query.start_time_max=2026-11-18T13:06:43+02:00",
    [3, 2, 1],
  ],
  [
    "query.startTimeMin=2026-11-18T11:06:40.000000001Z&query.startTimeMax=2026-11-18T11:06:41Z",
    [1],
  ],
];
for (const [parameters, numbers] of SEARCHES) {
  test(`"${parameters}"`, async () => assert.deepEqual(await found(parameters), numbers));
}

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["", /^query\.startTimeMin and query\.startTimeMax are required$/],
  ["query.startTimeMin=2026-11-18T11:00:00Z", /are required$/],
  ["query.start_time_min=yesterday", /^malformed parameter query\.start_time_min: "yesterday"/],
  [
    "query.startTimeMin=2026-11-18T12:00:00Z&query.startTimeMax=2026-11-18T11:00:00Z",
    /^query\.startTimeMin must be before query\.startTimeMax$/,
  ],
  [`${ALL}&query.searchDepth=0`, /^malformed parameter query\.searchDepth: .*greater than 0/],
  [`${ALL}&query.num_traces=-1`, /^malformed parameter query\.num_traces: .*greater than 0/],
  [`${ALL}&query.searchDepth=x`, /^malformed parameter query\.searchDepth: "x"/],
  [`${ALL}&query.durationMax=5`, /^malformed parameter query\.durationMax: missing unit/],
  [`${ALL}&query.attributes={"n":1}`, /^malformed parameter query\.attributes: the value of "n"/],
  [`${ALL}&query.rawTraces=maybe`, /^malformed parameter query\.rawTraces: "maybe"/],
  [`${ALL}&query.filter={"op":"eq"}`, /^query\.filter is not supported/],
];
for (const [parameters, message] of REFUSED) {
  test(`"${parameters}" is refused`, async () => {
    for (const path of ["traces", "trace-summaries"]) {
      const { error } = await ask(`/api/v3/${path}?${parameters}`);
      assert.equal(error?.httpCode, 400);
      assert.match(error.message, message);
    }
  });
}

test("a search may stand in a body", async () => {
  const query = {
    serviceName: "shop",
    attributes: { n: "1" },
    startTimeMin: "2026-11-18T11:00:00Z",
    start_time_max: "2026-11-18T12:00:00Z",
    durationMin: "0.010s",
    searchDepth: 3,
    rawTraces: true,
    filter: null,
  };
  assert.deepEqual(
    await ask("/api/v3/traces", { query }),
    await ask(`/api/v3/traces?${ALL}&query.attributes={"n":"1"}`),
  );
  const { summaries } = await ask("/api/v3/trace-summaries", { query });
  assert.deepEqual(
    summaries?.map(({ traceId }) => traceId),
    [traceIdOf(1)],
  );
  for (const body of [[], { query: 3 }, {}]) {
    assert.equal((await ask("/api/v3/traces", body)).error?.httpCode, 400);
  }
});

test("a summary says what a search page shows, zeros as well", async () => {
  const { summaries } = await ask(`/api/v3/trace-summaries?${ALL}&query.searchDepth=1`);
  assert.deepEqual(summaries, [
    {
      traceId: traceIdOf(4),
      rootServiceName: "shop",
      rootOperationName: "step 4",
      minStartTimeUnixNano: String(START + 4_000_000_000n),
      maxEndTimeUnixNano: String(START + 4_010_000_000n),
      spanCount: 1,
      errorSpanCount: 0,
      orphanSpanCount: 0,
      services: [{ name: "shop", spanCount: 1, errorSpanCount: 0 }],
    },
  ]);
});

test("what is wrong with a path is told in v3's own form", async () => {
  const unknown = (await ask(`/api/v3/traces/${traceIdOf(77)}`)).error;
  assert.deepEqual(unknown, { httpCode: 404, message: "No traces found" });
  assert.equal((await ask("/api/v3/traces/xyz")).error?.httpCode, 400);
  assert.equal((await ask("/api/v3/nope")).error?.httpCode, 404);
});

test("dependencies come of the window that is asked for, and counts are text", async () => {
  const asked: unknown[] = [];
  const dependencies: DependencyReader = {
    dependencies: async (query) => {
      asked.push(query);
      return [{ parent: "a", child: "b", callCount: 12, errorCount: 1, p95Nanos: 5 }];
    },
  };
  const app = fastify();
  registerJaegerV3(app, {
    // Dependencies read no traces.
    reader: undefined as never,
    dependencies,
    parametersOf: (request) => new URL(request.url, "http://here").searchParams,
  });
  const get = async (query: string) => {
    const answer = await app.inject(`/api/v3/dependencies?${query}`);
    return { status: answer.statusCode, ...answer.json() };
  };
  const startTime = "1970-01-01T00:00:01Z";
  const endTime = "1970-01-01T00:00:02.5Z";
  for (const query of [
    `startTime=${startTime}&endTime=${endTime}`,
    `start_time=${startTime}&end_time=${endTime}`,
  ]) {
    const { status, dependencies: links } = await get(query);
    assert.equal(status, 200);
    assert.deepEqual(links, [{ parent: "a", child: "b", callCount: "12" }]);
    assert.deepEqual(asked.pop(), {
      startMinUnixNano: 1_000_000_000n,
      startMaxUnixNano: 2_500_000_000n,
    });
  }
  for (const query of [
    "",
    `startTime=${startTime}`,
    `startTime=${endTime}&endTime=${endTime}`,
    `startTime=x&endTime=${endTime}`,
  ]) {
    assert.match((await get(query)).message, /startTime|endTime/);
    assert.equal(asked.length, 0);
  }
  await app.close();
});
