import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  type OtlpJsonReceiver,
  type ReceivedSpan,
  startOtlpJsonReceiver,
} from "@culprit/tracing/test/otlp-json-receiver";
import type { DrawKey } from "./draws.ts";
import { expectedOutcome } from "./fate.ts";
import { losesSpansOf } from "./lost-spans.ts";
import { drawnOrder } from "./order-book.ts";
import { placeOrder } from "./place-order.ts";
import { fateOf, scenarios, truthLine } from "./scenarios.ts";
import { shelves } from "./shelves.ts";
import { type Shop, startShop } from "./shop.ts";
import type { TruthLine } from "./truth.ts";

const env = {
  OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  OTEL_BSP_SCHEDULE_DELAY: "50",
};

type Trace = readonly ReceivedSpan[];

const tracesOf = new Map<string, Trace>();
const truthOf = new Map<string, TruthLine>();
let receiver: OtlpJsonReceiver;

/** The first order of seed 1 that meets the fault, or that is spared. */
function keyFor(scenario: string, faulty: boolean): DrawKey {
  for (let index = 0; ; index++) {
    const key = { seed: 1, index, scenario };
    const line = truthLine(key, { outcome: "", traceId: "f".repeat(32), durationMs: 0 });
    if ((line.service !== null) === faulty) return key;
  }
}

async function place(shop: Shop, key: DrawKey): Promise<TruthLine> {
  const result = await placeOrder(shop.frontendUrl, drawnOrder(key.seed, key.index), key);
  assert.equal(result.outcome, expectedOutcome(fateOf(key)), key.scenario);
  return truthLine(key, result);
}

const tried = [
  "slow-query",
  "n-plus-one-query",
  "n-plus-one-call",
  "fan-out",
  "sequential-calls",
  "retry",
  "retry-storm",
  "caller-gives-up",
  "swallowed-error",
];

/** A shop that has stopped has sent all of its spans. */
before(async () => {
  receiver = await startOtlpJsonReceiver();
  const otlpEndpoint = receiver.url;
  const shop = await startShop({ otlpEndpoint, env: { ...env, SHOP_TIME_SCALE: "0.2" } });
  try {
    for (const scenario of tried) truthOf.set(scenario, await place(shop, keyFor(scenario, true)));
    truthOf.set("spared", await place(shop, keyFor("retry-storm", false)));
    truthOf.set("healthy", await place(shop, keyFor("healthy", false)));
  } finally {
    await shop.stop();
  }
  for (const [name, { traceId }] of truthOf) tracesOf.set(name, spansOf(receiver, traceId));
});
after(() => receiver?.close());

function spansOf({ spans }: OtlpJsonReceiver, traceId: string): Trace {
  return spans.filter((span) => span.traceId === traceId);
}

function traceOf(name: string): Trace {
  return tracesOf.get(name) ?? [];
}

const named = (trace: Trace, name: string): ReceivedSpan[] =>
  trace.filter((span) => span.name === name);

function children(trace: Trace, parent: ReceivedSpan | undefined): ReceivedSpan[] {
  return trace
    .filter((span) => span.parentSpanId === parent?.spanId)
    .toSorted((a, b) => (a.startUnixNano < b.startUnixNano ? -1 : 1));
}

/** Without the connections that they open and the names that they look up, which are client spans, too. */
function callsOf(trace: Trace, name: string): ReceivedSpan[] {
  return children(trace, named(trace, name)[0]).filter((span) => /undici|pg/.test(span.scope));
}

function overlaps(spans: Trace): number {
  return spans.filter((span, k) => {
    const next = spans[k + 1];
    return next !== undefined && next.startUnixNano < span.endUnixNano;
  }).length;
}

const nanos = (span: ReceivedSpan): number => Number(span.endUnixNano - span.startUnixNano);
const scaled = (ms: number): number => ms * 0.2 * 1e6;

test("a slow query is one statement that PostgreSQL takes its time for", async () => {
  const { operation } = truthOf.get("slow-query") ?? {};
  const slow = traceOf("slow-query").filter(
    (span) => span.name === operation && nanos(span) > scaled(800),
  );
  assert.deepEqual(
    slow.map((span) => [
      span.service,
      span.attributes["db.query.text"] ?? span.attributes["db.statement"],
    ]),
    [["order-service", "SELECT pg_sleep($1)"]],
  );
});

test("N+1 queries: the same statement for each shelf, one after the other", () => {
  const trace = traceOf("n-plus-one-query");
  const queries = callsOf(trace, "check_inventory").filter((span) =>
    String(span.attributes["db.statement"] ?? span.attributes["db.query.text"]).includes("shelves"),
  );
  assert.equal(queries.length, shelves.length);
  assert.equal(overlaps(queries), 0);
});

for (const [scenario, parallel] of [
  ["n-plus-one-call", false],
  ["fan-out", true],
] as const) {
  test(`${scenario}: a call for each shelf, ${parallel ? "all at once" : "one after the other"}`, async () => {
    const trace = traceOf(scenario);
    const calls = callsOf(trace, "assess_risk");
    assert.equal(calls.length, shelves.length);
    assert.equal(overlaps(calls), parallel ? shelves.length - 1 : 0);
    for (const call of calls) {
      const [answer] = children(trace, call).filter((span) => span.kind === "SERVER");
      assert.equal(answer?.service, "inventory-service");
    }
  });
}

test("sequential calls: three reads from three places, each after the other", () => {
  const trace = traceOf("sequential-calls");
  const calls = callsOf(trace, "assess_risk");
  assert.equal(calls.length, 3);
  assert.equal(overlaps(calls), 0);
  assert.equal(new Set(calls.map((span) => span.attributes["server.port"])).size, 3);
});

test("a retry: two refused charges and one that is taken, and the order is none the worse", () => {
  const trace = traceOf("retry");
  const attempts = callsOf(trace, "call_payment_gateway");
  assert.deepEqual(
    attempts.map((span) => [span.status, span.attributes["http.response.status_code"]]),
    [
      ["ERROR", 503],
      ["ERROR", 503],
      ["UNSET", 200],
    ],
  );
  assert.equal(overlaps(attempts), 0);
});

test("a retry storm: three times three attempts, and all is given back", () => {
  const trace = traceOf("retry-storm");
  assert.equal(named(trace, "finalize_order").length, 9);
  assert.equal(named(trace, "restore_inventory").length, 3);
});

test("a caller that gives up: what it asked for goes on without it, to its end", () => {
  const trace = traceOf("caller-gives-up");
  const root = trace.find((span) => span.parentSpanId === undefined);
  const paid = named(trace, "process_payment")[0];
  assert.equal(root?.attributes["http.response.status_code"], 504);
  assert.equal(paid?.status, "UNSET");
  const [call] = callsOf(trace, "call_payment_service");
  assert.equal(call?.attributes["error.type"], "TimeoutError");
  assert.ok(paid.endUnixNano > root.endUnixNano);
});

test("a swallowed error: the mail fails, order-service answers 200", () => {
  const trace = traceOf("swallowed-error");
  assert.equal(named(trace, "send_confirmation_email")[0]?.status, "ERROR");
  assert.equal(named(trace, "POST /finalize")[0]?.status, "UNSET");
});

test("an order that a fault spares is like a healthy one", async () => {
  const shape = (trace: Trace): string[] =>
    trace
      .filter((span) => span.scope.includes("culprit"))
      .map((span) => `${span.service} ${span.name} ${span.status}`)
      .toSorted();
  assert.ok(shape(traceOf("healthy")).length > 10);
  assert.deepEqual(shape(traceOf("spared")), shape(traceOf("healthy")));
});

test("no span says which scenario it belongs to", () => {
  const text = JSON.stringify(receiver.spans, (_, value) =>
    typeof value === "bigint" ? String(value) : value,
  );
  const telling = [...scenarios.keys()].filter((name) => name.includes("-") || name === "everyday");
  for (const name of telling) assert.ok(!text.includes(name), name);
  assert.ok(!/x-shop-draw|scenario/i.test(text));
});

test("what is wrong with the processes is so in their spans", async () => {
  const other = await startOtlpJsonReceiver();
  const second = {
    service: "order-service",
    env: { OTEL_RESOURCE_ATTRIBUTES: "service.version=2.0.0" },
  } as const;
  const clock = { service: "inventory-service", aheadMs: -5000 } as const;
  const shop = await startShop({
    otlpEndpoint: other.url,
    setup: { clock, lossy: "payment-service", second },
    env: { ...env, SHOP_TIME_SCALE: "0.05" },
  });
  const lines: TruthLine[] = [];
  let untraced: TruthLine;
  try {
    for (let index = 0; index < 20; index++) {
      lines.push(await place(shop, { seed: 1, index, scenario: "bad-version" }));
    }
    await shop.restart("order-service", { OTEL_SDK_DISABLED: "true" });
    untraced = await place(shop, { seed: 1, index: 0, scenario: "healthy" });
  } finally {
    await shop.stop();
    await other.close();
  }
  const lost: boolean[] = [];
  for (const { traceId, service } of lines) {
    const trace = spansOf(other, traceId);
    const root = trace.find((span) => span.parentSpanId === undefined);
    const [updated] = named(trace, "POST /update");
    assert.ok(root !== undefined && updated !== undefined);
    const aheadMs = Number(updated.startUnixNano - root.startUnixNano) / 1e6;
    assert.ok(aheadMs > -5000 && aheadMs < -4500, `${aheadMs} ms after the root`);
    assert.notEqual(updated.resource["host.name"], root.resource["host.name"]);
    const [finalized] = named(trace, "POST /finalize");
    assert.equal(finalized?.resource["service.version"] === "2.0.0", service !== null);
    const paid = trace.some((span) => span.service === "payment-service");
    assert.equal(paid, !losesSpansOf(traceId));
    lost.push(!paid);
  }
  assert.deepEqual(new Set(lost), new Set([true, false]));
  const services = new Set(spansOf(other, untraced.traceId).map((span) => span.service));
  assert.ok(services.has("inventory-service"));
  assert.ok(!services.has("order-service"));
});
