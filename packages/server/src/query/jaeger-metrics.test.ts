import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Span, SpanKind, StatusCode } from "@culprit/trace-model";
import { encodeOtlpProtobuf } from "@culprit/wire";
import { postOtlp, startTestServer, type TestServer } from "../../test/running-server.ts";
import { resourceOf, sampleSpan, spanIdOf, traceIdOf } from "../../test/sample-spans.ts";

const END_MS = 1_795_000_600_000;
const MS = 1_000_000n;

/** One a second for ten minutes: the n-th takes n + 1 ms, every fifth fails. */
const spans: readonly Span[] = Array.from({ length: 600 }, (_, n) => {
  const startUnixNano = (BigInt(END_MS) - 600_000n + BigInt(n + 1) * 1000n) * MS;
  return sampleSpan({
    traceId: traceIdOf(n),
    spanId: spanIdOf(n + 1),
    name: n % 2 === 0 ? "GET /even" : "GET /odd",
    startUnixNano,
    endUnixNano: startUnixNano + BigInt(n + 1) * MS,
    statusCode: n % 5 === 0 ? StatusCode.error : StatusCode.unset,
    resource: resourceOf("shop"),
  });
});
const call = sampleSpan({ ...spans[0], spanId: spanIdOf(9999), kind: SpanKind.client });

interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly metrics: readonly {
    readonly labels: readonly { readonly name: string; readonly value: string }[];
    readonly metricPoints: readonly {
      readonly timestamp: string;
      readonly gaugeValue: { readonly doubleValue: number };
    }[];
  }[];
}

describe("Jaeger's metrics", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
    const body = Buffer.from(encodeOtlpProtobuf([...spans, call]));
    assert.equal((await postOtlp(server.url("otlp-http"), body)).status, 200);
  });
  after(() => server.close());

  async function get(path: string): Promise<{ status: number; body: Family }> {
    const response = await fetch(`${server.url("query")}/api/metrics/${path}`);
    assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
    return { status: response.status, body: (await response.json()) as Family };
  }

  /** The last points of the only series. */
  const values = ({ metrics }: Family): number[] =>
    (metrics[0]?.metricPoints ?? []).map(({ gaugeValue }) => gaugeValue.doubleValue);

  const LAST_MINUTES = `service=shop&endTs=${END_MS}&lookback=120000&step=60000&ratePer=60000`;

  test("latencies are quantiles in milliseconds, a point each step", async () => {
    const { body } = await get(`latencies?quantile=0.95&${LAST_MINUTES}`);
    const { metrics, ...family } = body;
    assert.deepEqual(family, {
      name: "service_latencies",
      type: "GAUGE",
      help: "0.95th quantile latency, grouped by service",
    });
    assert.deepEqual(metrics[0]?.labels, [{ name: "service_name", value: "shop" }]);
    assert.deepEqual(
      metrics[0]?.metricPoints.map(({ timestamp }) => Date.parse(timestamp)),
      [END_MS - 120_000, END_MS - 60_000, END_MS],
    );
    // The minute before a point holds 60 durations in steps of a millisecond.
    for (const [i, value] of values(body).entries()) {
      const exact = 420 + 60 * i + 1 + 0.95 * 59;
      assert.ok(Math.abs(value / exact - 1) < 0.02, `${value} is not ${exact}`);
    }
  });

  test("calls are a rate a second, errors a part of the calls", async () => {
    const calls = await get(`calls?${LAST_MINUTES}`);
    assert.equal(calls.body.name, "service_call_rate");
    assert.equal(calls.body.help, "calls/sec, grouped by service");
    assert.deepEqual(values(calls.body), [1, 1, 1]);
    const errors = await get(`errors?${LAST_MINUTES}`);
    assert.equal(errors.body.name, "service_error_rate");
    assert.deepEqual(values(errors.body), [0.2, 0.2, 0.2]);
  });

  test("where nothing was called the rate is 0, and there is neither latency nor error rate", async () => {
    const after = `service=shop&endTs=${END_MS + 90_000}&lookback=120000&step=60000&ratePer=60000`;
    assert.deepEqual(values((await get(`calls?${after}`)).body), [1, 0.5, 0]);
    assert.equal(values((await get(`errors?${after}`)).body).length, 2);
    assert.equal(values((await get(`latencies?quantile=0.5&${after}`)).body).length, 2);
    const never = await get("calls?service=shop&endTs=1000");
    assert.deepEqual([never.status, never.body.metrics], [200, []]);
  });

  test("operations are told apart when asked, services and kinds may be several", async () => {
    const { body } = await get(`calls?groupByOperation=true&${LAST_MINUTES}`);
    assert.equal(body.name, "service_operation_call_rate");
    assert.equal(body.help, "calls/sec, grouped by service & operation");
    assert.deepEqual(
      body.metrics.map(({ labels }) => labels),
      ["GET /even", "GET /odd"].map((operation) => [
        { name: "operation", value: operation },
        { name: "service_name", value: "shop" },
      ]),
    );
    assert.equal(body.metrics[0]?.metricPoints[0]?.gaugeValue.doubleValue, 0.5);
    const all = `service=nobody&service=shop&endTs=${END_MS}&lookback=0`;
    const both = await get(`calls?spanKind=client&spanKind=server&${all}`);
    assert.deepEqual(values(both.body), [601 / 600]);
    assert.deepEqual(values((await get(`calls?spanKind=client&${all}`)).body), [1 / 600]);
  });

  test("by default it is the last hour in steps of five seconds, a rate over ten minutes", async () => {
    const { body } = await get(`calls?service=shop&endTs=${END_MS}`);
    const points = body.metrics[0]?.metricPoints ?? [];
    assert.equal(points.length, 721);
    assert.equal(Date.parse(points[0]?.timestamp ?? ""), END_MS - 3_600_000);
    assert.equal(points.at(-1)?.gaugeValue.doubleValue, 1);
    const now = await get("calls?service=shop");
    assert.equal(now.status, 200);
  });

  test("the least step is a millisecond, in the envelope", async () => {
    const response = await fetch(`${server.url("query")}/api/metrics/minstep`);
    assert.deepEqual(await response.json(), {
      data: 1,
      total: 0,
      limit: 0,
      offset: 0,
      errors: null,
    });
  });

  const wrong: readonly (readonly [path: string, message: RegExp])[] = [
    ["latencies", /^unable to parse param 'quantile': /],
    ["latencies?service=shop&quantile=1.5", /^unable to parse param 'quantile': /],
    ["calls", /^unable to parse param 'service': please provide at least one service name$/],
    [
      "calls?service=shop&spanKind=x",
      /^unable to parse param 'spanKind': unsupported span kind: 'x'$/,
    ],
    ["errors?service=shop&groupByOperation=maybe", /^unable to parse param 'groupByOperation': /],
    ["errors?service=shop&endTs=x", /^unable to parse param 'endTs': /],
    ["calls?service=shop&lookback=1h", /^unable to parse param 'lookback': /],
    ["calls?service=shop&lookback=-1", /^unable to parse param 'lookback': -1 is not from 0 /],
    ["calls?service=shop&step=0", /^unable to parse param 'step': 0 is not from 1 /],
    ["calls?service=shop&ratePer=0", /^unable to parse param 'ratePer': /],
    ["calls?service=shop&ratePer=9000000000000000000", /^unable to parse param 'ratePer': /],
    ["calls?service=shop&step=1", /^unable to parse param 'step': .* 3600001 points/],
  ];
  for (const [path, message] of wrong) {
    test(`${path} is told what is wrong`, async () => {
      const { status, body } = await get(path);
      assert.equal(status, 400);
      const { data, errors } = body as unknown as {
        data: null;
        errors: readonly { code: number; msg: string }[];
      };
      assert.deepEqual([data, errors.length, errors[0]?.code], [null, 1, 400]);
      assert.match(errors[0]?.msg ?? "", message);
    });
  }
});
