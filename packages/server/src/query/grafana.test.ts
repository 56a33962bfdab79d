// What Grafana's Jaeger data source asks, in its order and its spelling, v1 and with its v3 switch, and what it reads of
// the answers.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { encodeOtlpJson } from "@culprit/wire";
import { postOtlp, startTestServer, type TestServer } from "../../test/running-server.ts";
import { resourceOf, sampleSpan, spanIdOf, traceIdOf } from "../../test/sample-spans.ts";

const SERVICE = "shop/api v2";
const OPERATION = "GET /items?id={id}";
const NOW_NANO = BigInt(Date.now()) * 1_000_000n;

let server: TestServer;
before(async () => {
  server = await startTestServer();
  const spans = [1, 2, 3].flatMap((n) => {
    const startUnixNano = NOW_NANO - BigInt(n) * 60_000_000_000n;
    const root = sampleSpan({
      traceId: traceIdOf(n),
      spanId: spanIdOf(n),
      name: OPERATION,
      startUnixNano,
      endUnixNano: startUnixNano + BigInt(n) * 100_000_000n,
      attributes: new Map([["http.status_code", n === 1 ? 500n : 200n]]),
      resource: resourceOf(SERVICE),
    });
    return [
      root,
      {
        ...root,
        spanId: spanIdOf(100 + n),
        parentSpanId: root.spanId,
        name: "SELECT",
        resource: resourceOf("db"),
      },
    ];
  });
  assert.equal((await postOtlp(server.url("otlp-http"), encodeOtlpJson(spans))).status, 200);
});
after(() => server.close());

async function get(path: string): Promise<{ status: number; json: unknown }> {
  const response = await fetch(server.url("query") + path);
  assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
  return { status: response.status, json: await response.json() };
}

interface V1Answer<T> {
  readonly data: readonly T[];
  readonly errors: unknown;
}

interface V1Trace {
  readonly traceID: string;
  readonly spans: readonly { readonly operationName: string; readonly processID: string }[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
}

async function v1<T>(path: string): Promise<readonly T[]> {
  const { status, json } = await get(path);
  const { data, errors } = json as V1Answer<T>;
  assert.deepEqual([status, errors], [200, null]);
  return data;
}

test("v1: services, operations, a search without times, a trace with and without times", async () => {
  assert.deepEqual(await v1("/api/services"), ["db", SERVICE]);
  const operations = await v1(`/api/services/${encodeURIComponent(SERVICE)}/operations`);
  assert.deepEqual(operations, [OPERATION]);

  const search = new URLSearchParams({
    limit: "20",
    maxDuration: "10s",
    minDuration: "100ms",
    operation: OPERATION,
    service: SERVICE,
    tags: '{"http.status_code":"200"}',
  });
  const found = await v1<V1Trace>(`/api/traces?${search}`);
  assert.deepEqual(
    found.map(({ traceID }) => traceID),
    [traceIdOf(2), traceIdOf(3)],
  );
  // The table of results shows the first span's service and operation.
  for (const { spans, processes } of found) {
    const names = spans.map(({ operationName, processID }) => [
      processes[processID]?.serviceName,
      operationName,
    ]);
    assert.deepEqual(names[0], [SERVICE, OPERATION]);
  }

  const [start, end] = [NOW_NANO / 1000n - 3_600_000_000n, NOW_NANO / 1000n];
  for (const times of ["", `?end=${end}&start=${start}`]) {
    const [trace] = await v1<V1Trace>(`/api/traces/${traceIdOf(1)}${times}`);
    assert.equal(trace?.spans.length, 2);
  }
  const { status, json } = await get(`/api/traces/${traceIdOf(77)}`);
  assert.deepEqual([status, (json as V1Answer<unknown>).data], [404, null]);
});

interface V3Trace {
  readonly result: {
    readonly resourceSpans: readonly {
      readonly resource: { readonly attributes: readonly unknown[] };
      readonly scopeSpans: readonly {
        readonly scope: unknown;
        readonly spans: readonly {
          readonly traceId: string;
          readonly startTimeUnixNano: string;
          readonly endTimeUnixNano: string;
        }[];
      }[];
    }[];
  };
}

async function v3Spans(path: string): Promise<{ traceId: string }[]> {
  const { status, json } = await get(path);
  assert.equal(status, 200);
  return (json as V3Trace).result.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    assert.ok(resource.attributes.length > 0);
    return scopeSpans.flatMap(({ spans }) =>
      spans.map(({ traceId, startTimeUnixNano, endTimeUnixNano }) => {
        assert.ok(BigInt(startTimeUnixNano) < BigInt(endTimeUnixNano));
        return { traceId };
      }),
    );
  });
}

/** As Grafana writes a time: with an offset, and not encoded. */
function local(nanos: bigint): string {
  const ahead = new Date(Number(nanos / 1_000_000n) + 2 * 3_600_000).toISOString().slice(0, 19);
  return `${ahead}.${String(nanos % 1_000_000_000n).padStart(9, "0")}+02:00`;
}

test("v3: services, operations, a search, a trace with and without times", async () => {
  assert.deepEqual((await get("/api/v3/services")).json, { services: ["db", SERVICE] });
  const service = new URLSearchParams({ service: SERVICE });
  assert.deepEqual((await get(`/api/v3/operations?${service}`)).json, {
    operations: [{ name: OPERATION, spanKind: "server" }],
  });

  const [from, to] = [local(NOW_NANO - 3_600_000_000_000n), local(NOW_NANO)];
  const search = new URLSearchParams({
    "query.attributes": '{"http.status_code":"200"}',
    "query.duration_max": "10s",
    "query.duration_min": "100ms",
    "query.operation_name": OPERATION,
    "query.service_name": SERVICE,
  });
  const times = `query.start_time_min=${from}&query.start_time_max=${to}`;
  const found = await v3Spans(`/api/v3/traces?${search}&${times}`);
  assert.deepEqual(
    new Set(found.map(({ traceId }) => traceId)),
    new Set([traceIdOf(2), traceIdOf(3)]),
  );
  assert.equal(found.length, 4);

  for (const window of ["", `?start_time=${from}&end_time=${to}`]) {
    assert.equal((await v3Spans(`/api/v3/traces/${traceIdOf(1)}${window}`)).length, 2);
  }
  assert.equal((await get(`/api/v3/traces/${traceIdOf(77)}`)).status, 404);
});
