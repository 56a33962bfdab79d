import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { encodeOtlpJson } from "@culprit/wire";
import { postOtlp, startTestServer, type TestServer } from "../../test/running-server.ts";
import { sampleSpan, spanIdOf, traceIdOf } from "../../test/sample-spans.ts";

let server: TestServer;
before(async () => {
  server = await startTestServer({ maxBodyBytes: 100_000 });
});
after(() => server.close());

interface Answer {
  readonly status: number;
  readonly data: readonly { readonly traceID: string; readonly spans: readonly unknown[] }[] | null;
  readonly errors: readonly { readonly code?: number; readonly msg: string }[] | null;
}

async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(server.url("query") + path, init);
  assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
  const answer = (await response.json()) as Omit<Answer, "status">;
  return { ...answer, status: response.status };
}

const post = (path: string, body?: BodyInit, headers: Record<string, string> = {}) =>
  ask(path, { method: "POST", headers, ...(body === undefined ? {} : { body }) });

test("prettyPrint=true indents", async () => {
  const response = await fetch(`${server.url("query")}/api/services?prettyPrint=true`);
  const text = await response.text();
  assert.equal(text, JSON.stringify(JSON.parse(text), null, 4));
  assert.deepEqual(JSON.parse(text).data, [], "no services yet: an empty list");
});

test("a trace is archived by its id, in any case, and only one that is there", async () => {
  const traceId = traceIdOf(1);
  const spans = encodeOtlpJson([sampleSpan({ traceId })]);
  assert.equal((await postOtlp(server.url("otlp-http"), spans)).status, 200);
  const archived = await post(`/api/archive/${traceId.toUpperCase()}`);
  assert.deepEqual([archived.status, archived.data, archived.errors], [200, [], null]);
  const found = await ask(`/api/traces/${traceId}`);
  assert.equal(found.data?.[0]?.spans.length, 1);
  assert.deepEqual((await post(`/api/archive/${traceIdOf(2)}`)).errors, [
    { code: 404, msg: "trace not found" },
  ]);
  assert.equal((await post("/api/archive/xyz")).status, 400);
  assert.equal((await ask(`/api/archive/${traceId}`)).status, 405);
});

const TWO_TRACES = encodeOtlpJson([
  sampleSpan({ traceId: traceIdOf(3) }),
  sampleSpan({ traceId: traceIdOf(4) }),
  sampleSpan({ traceId: traceIdOf(3), spanId: spanIdOf(2), parentSpanId: sampleSpan().spanId }),
]);

test("OTLP is transformed trace by trace, whatever type the body claims, and not stored", async () => {
  const bodies = [
    post("/api/transform", TWO_TRACES, { "content-type": "application/json" }),
    post("/api/transform", TWO_TRACES, { "content-type": "text/plain" }),
    post("/api/transform?prettyPrint=true", TWO_TRACES),
    post("/api/transform", gzipSync(TWO_TRACES), { "content-encoding": "gzip" }),
  ];
  for (const { status, data, errors } of await Promise.all(bodies)) {
    assert.deepEqual([status, errors], [200, null]);
    assert.deepEqual(
      data?.map(({ traceID, spans }) => [traceID, spans.length]),
      [
        [traceIdOf(3), 2],
        [traceIdOf(4), 1],
      ],
    );
  }
  assert.equal((await ask(`/api/traces/${traceIdOf(3)}`)).status, 404);
});

test("what cannot be transformed is told, span by span or as a whole", async () => {
  const bad = TWO_TRACES.replaceAll(traceIdOf(4), "4");
  const partly = await post("/api/transform", bad);
  assert.deepEqual([partly.status, partly.data?.length], [200, 1]);
  assert.match(partly.errors?.[0]?.msg ?? "", /1 span rejected/);
  const whole: [BodyInit | undefined, number, Record<string, string>][] = [
    [undefined, 400, {}],
    ["{", 400, {}],
    ['{"resourceSpans":3}', 400, {}],
    ["not gzip", 400, { "content-encoding": "gzip" }],
    ["{}", 415, { "content-encoding": "br" }],
    ["x".repeat(100_001), 413, {}],
  ];
  for (const [body, code, headers] of whole) {
    const { status, data, errors } = await post("/api/transform", body, headers);
    assert.deepEqual([status, data, errors?.[0]?.code], [code, null, code]);
  }
});
