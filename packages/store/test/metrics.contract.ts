// What every store must tell of rates, errors and latencies, whatever its engine: what is computed here, span by span.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Span, SpanKind, StatusCode } from "@culprit/trace-model";
import type { MetricsQuery } from "../src/index.ts";
import { plainSpan, resourceOf } from "./plain-span.ts";
import { type OpenStore, write } from "./store.contract.ts";

const BASE = 1_795_000_000_000_000_000n;
const SECOND = 1_000_000_000n;

const QUERY: MetricsQuery = {
  services: ["shop", "pay"],
  kinds: [SpanKind.server],
  byOperation: true,
  firstUnixNano: BASE,
  stepNanos: 7n * SECOND,
  pointCount: 40,
  ratePerNanos: 60n * SECOND,
};

/** Spread over more than the window, several times a second; durations over four orders of magnitude. */
function sampleSpans(): Span[] {
  return Array.from({ length: 3000 }, (_, n) => {
    const startUnixNano =
      BASE - 90n * SECOND + BigInt((n * 7919) % 3000) * 140_000_000n + BigInt(n % 5);
    const nanos = Math.round(1e5 * 1.003 ** ((n * 701) % 3000));
    return plainSpan({
      traceId: n.toString(16).padStart(32, "c"),
      spanId: (n + 1).toString(16).padStart(16, "0"),
      startUnixNano,
      endUnixNano: startUnixNano + BigInt(nanos),
      kind: n % 11 === 0 ? SpanKind.client : SpanKind.server,
      name: n % 3 === 0 ? "read" : "write",
      resource: resourceOf(
        ["shop", "pay", "mail"][n % 3 === 0 ? 0 : n % 4 === 0 ? 2 : 1] as string,
      ),
      statusCode: n % 13 === 0 ? StatusCode.error : StatusCode.unset,
    });
  });
}

interface Expected {
  readonly service: string;
  readonly operation: string;
  readonly points: readonly (readonly Span[])[];
}

function expected(spans: readonly Span[], query: MetricsQuery): Expected[] {
  const asked = spans.filter(
    ({ kind, resource }) => query.kinds.includes(kind) && query.services.includes(nameOf(resource)),
  );
  const groups = Map.groupBy(asked, ({ name, resource }) =>
    JSON.stringify([nameOf(resource), query.byOperation ? name : ""]),
  );
  return [...groups]
    .map(([key, group]) => {
      const [service, operation] = JSON.parse(key) as [string, string];
      const points = Array.from({ length: query.pointCount }, (_, at) => {
        const point = query.firstUnixNano + BigInt(at) * query.stepNanos;
        return group.filter(
          ({ startUnixNano: start }) => start > point - query.ratePerNanos && start <= point,
        );
      });
      return { service, operation, points };
    })
    .filter(({ points }) => points.some((point) => point.length > 0))
    .sort((a, b) => (a.service + a.operation < b.service + b.operation ? -1 : 1));
}

function nameOf(resource: Span["resource"]): string {
  return String(resource.attributes.get("service.name"));
}

function quantile(spans: readonly Span[], level: number): number {
  const sorted = spans
    .map(({ startUnixNano, endUnixNano }) => Number(endUnixNano - startUnixNano))
    .sort((a, b) => a - b);
  const at = level * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] as number;
  return low + ((sorted[below + 1] ?? low) - low) * (at - below);
}

export function metricsContract(engine: string, open: OpenStore): void {
  const spans = sampleSpans();
  const queries: Readonly<Record<string, MetricsQuery>> = {
    "windows that overlap": QUERY,
    "windows with gaps between them": { ...QUERY, ratePerNanos: 2n * SECOND },
    "a step that is no part of the window": { ...QUERY, stepNanos: 3_333_333_333n },
    "services as a whole, of two kinds": {
      ...QUERY,
      byOperation: false,
      kinds: [SpanKind.server, SpanKind.client],
    },
    "windows that begin before 1970": {
      ...QUERY,
      firstUnixNano: -5n * SECOND,
      stepNanos: BASE,
      pointCount: 2,
      ratePerNanos: 2n * BASE,
    },
  };

  test(`${engine}: calls, errors and latencies of any window are those of its spans`, async (t) => {
    const store = await open(t);
    await write(store, ...spans);
    // Sent twice, as exporters do after a lost answer.
    await write(store, ...spans.slice(1000, 1500));
    for (const [name, query] of Object.entries(queries)) {
      const all = expected(spans, query);
      assert.ok(all.length > 0);
      const counts = (errors: boolean) =>
        all.map(({ points, ...series }) => ({
          ...series,
          counts: points.map(
            (point) =>
              point.filter(({ statusCode }) => !errors || statusCode === StatusCode.error).length,
          ),
        }));
      const calls = await store.metrics.calls(query);
      const told = (of: "callCounts" | "errorCounts") =>
        calls.map(({ service, operation, [of]: counts }) => ({
          service,
          operation,
          counts: [...counts],
        }));
      assert.deepEqual(told("callCounts"), counts(false), name);
      assert.deepEqual(told("errorCounts"), counts(true), name);
      for (const level of [0.5, 0.95, 1]) {
        const latencies = await store.metrics.latencies(query, level);
        assert.equal(latencies.length, all.length);
        for (const [i, { latencyNanos }] of latencies.entries()) {
          for (const [at, point] of (all[i]?.points ?? []).entries()) {
            const nanos = latencyNanos[at] as number;
            if (point.length === 0) {
              assert.equal(nanos, Number.NaN, name);
              continue;
            }
            const exact = quantile(point, level);
            assert.ok(Math.abs(nanos / exact - 1) < 0.01, `${name}, ${level}: ${nanos}, ${exact}`);
          }
        }
      }
    }
  });

  test(`${engine}: spans that are copies of none count though they share an id`, async (t) => {
    const store = await open(t);
    const one = plainSpan({ kind: SpanKind.server, startUnixNano: BASE });
    const ids = ["1", "2", "3"].map((digit) => digit.repeat(32));
    await write(store, ...ids.map((traceId) => ({ ...one, traceId })));
    await write(store, { ...one, traceId: "1".repeat(32) });
    const [only] = await store.metrics.calls({ ...QUERY, pointCount: 1 });
    assert.deepEqual(only?.callCounts, new Uint32Array([3]));
  });

  test(`${engine}: where nothing was called there is no series`, async (t) => {
    const store = await open(t);
    assert.deepEqual(await store.metrics.calls(QUERY), []);
    assert.deepEqual(await store.metrics.latencies(QUERY, 0.5), []);
  });
}
