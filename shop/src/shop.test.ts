import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  type OtlpJsonReceiver,
  type ReceivedSpan,
  startOtlpJsonReceiver,
} from "@culprit/tracing/test/otlp-json-receiver";
import pg from "pg";
import type { DrawKey } from "./draws.ts";
import { expectedOutcome, type Outcome } from "./fate.ts";
import { drawnOrder } from "./order-book.ts";
import { type OrderResult, placeOrder } from "./place-order.ts";
import { defaultScenario } from "./scenario-list.ts";
import { fateOf } from "./scenarios.ts";
import { type Shop, startShop } from "./shop.ts";

let receiver: OtlpJsonReceiver;
let shop: Shop;
let database: pg.Client;

before(async () => {
  receiver = await startOtlpJsonReceiver();
  shop = await startShop({
    otlpEndpoint: receiver.url,
    env: {
      SHOP_TIME_SCALE: "0.05",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_BSP_SCHEDULE_DELAY: "50",
    },
  });
  database = new pg.Client({ connectionString: shop.databaseUrl });
  await database.connect();
});
after(async () => {
  await database?.end();
  await shop?.stop();
  await receiver?.close();
});

/** The first order of seed 1 that the dice end this way, with 100 ms between its save and the limit. */
function keyFor(outcome: Outcome): DrawKey {
  for (let index = 0; ; index++) {
    const key = { seed: 1, index, scenario: defaultScenario };
    const fate = fateOf(key);
    if (expectedOutcome(fate) === outcome && Math.abs(fate.saveMs - 3000) > 100) return key;
  }
}

const services = ["frontend-service", "payment-service", "inventory-service", "order-service"];
const reached: Readonly<Partial<Record<Outcome, readonly string[]>>> = {
  payment_declined: services.slice(0, 2),
  insufficient_stock: services.slice(0, 3),
};

async function order(outcome: Outcome): Promise<{ result: OrderResult; trace: Trace }> {
  const key = keyFor(outcome);
  const result = await placeOrder(shop.frontendUrl, drawnOrder(key.seed, key.index), key);
  assert.equal(result.outcome, outcome);
  return { result, trace: await traceOf(result.traceId ?? "", reached[outcome] ?? services) };
}

type Trace = readonly ReceivedSpan[];

/** The trace when it is whole: a service sends its SERVER span after everything that happened in it. */
async function traceOf(traceId: string, from: readonly string[]): Promise<Trace> {
  const spans = (): Trace => receiver.spans.filter((span) => span.traceId === traceId);
  await receiver.waitFor(`trace ${traceId} from ${from}`, () => {
    const arrived = spans().filter((span) => span.kind === "SERVER");
    return from.every((service) => arrived.some((span) => span.service === service));
  });
  assertWhole(spans());
  return spans();
}

function assertWhole(trace: Trace): void {
  const ids = new Set(trace.map((span) => span.spanId));
  assert.equal(ids.size, trace.length);
  assert.equal(trace.filter((span) => span.parentSpanId === undefined).length, 1);
  for (const span of trace) {
    assert.ok(ids.has(span.parentSpanId ?? span.spanId), `${span.name} has no parent`);
  }
}

function only(trace: Trace, service: string, name: string): ReceivedSpan {
  const found = trace.filter((span) => span.service === service && span.name === name);
  assert.equal(found.length, 1, `${found.length} spans ${service} ${name}`);
  return found[0] as ReceivedSpan;
}

function ancestors(trace: Trace, span: ReceivedSpan): ReceivedSpan[] {
  const parent = trace.find((candidate) => candidate.spanId === span.parentSpanId);
  return parent === undefined ? [] : [parent, ...ancestors(trace, parent)];
}

/** Everything from the origin up is marked; nothing beside that line is. */
function assertMarked(trace: Trace, origin: ReceivedSpan): void {
  const line = [origin, ...ancestors(trace, origin)];
  assert.equal(line.at(-1)?.name, "POST /api/orders");
  const marked = trace.filter((span) => span.status === "ERROR");
  const label = (span: ReceivedSpan): string => `${span.service} ${span.name}`;
  assert.deepEqual(marked.map(label).toSorted(), line.map(label).toSorted());
  assert.ok(origin.eventNames.includes("exception"));
}

async function stockTotal(): Promise<number> {
  const { rows } = await database.query<{ total: string }>(
    "SELECT sum(stock) AS total FROM inventory",
  );
  return Number(rows[0]?.total);
}

async function orderCount(): Promise<number> {
  const { rows } = await database.query<{ count: string }>("SELECT count(*) FROM orders");
  return Number(rows[0]?.count);
}

/** The guide's spans, each under its parent, with the guide's attributes. */
const guide: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    "frontend-service",
    "process_order",
    "handler",
    ["app.user_id", "app.items_count", "app.payment_method", "app.order_id", "app.total_amount"],
  ],
  [
    "frontend-service",
    "validate_order",
    "process_order",
    ["app.validation_type", "app.validation_result"],
  ],
  [
    "frontend-service",
    "call_payment_service",
    "process_order",
    ["app.downstream_service", "app.payment_method", "app.payment_result"],
  ],
  [
    "frontend-service",
    "complete_order",
    "process_order",
    ["app.order_id", "app.completion_result"],
  ],
  [
    "payment-service",
    "process_payment",
    "handler",
    ["app.user_id", "app.payment_method", "app.amount", "app.transaction_id", "app.order_id"],
  ],
  ["payment-service", "validate_payment_info", "process_payment", []],
  [
    "payment-service",
    "call_payment_gateway",
    "process_payment",
    ["app.gateway", "app.amount", "app.transaction_id"],
  ],
  [
    "payment-service",
    "update_inventory",
    "process_payment",
    ["app.downstream_service", "app.inventory_result"],
  ],
  ["inventory-service", "update_inventory", "handler", ["app.order_id", "app.items_count"]],
  [
    "inventory-service",
    "check_inventory",
    "update_inventory",
    ["app.items_count", "app.availability_check"],
  ],
  ["inventory-service", "deduct_inventory", "update_inventory", []],
  [
    "inventory-service",
    "notify_order_service",
    "update_inventory",
    ["app.downstream_service", "app.notification_result"],
  ],
  ["order-service", "finalize_order", "handler", ["app.order_id", "app.items_count"]],
  [
    "order-service",
    "database_connection",
    "finalize_order",
    ["db.client.connection.pool.name", "app.connection_timeout_ms"],
  ],
  [
    "order-service",
    "save_order_to_db",
    "finalize_order",
    [
      "db.collection.name",
      "db.operation.name",
      "app.query_duration_ms",
      "app.timeout_threshold_ms",
    ],
  ],
  ["order-service", "send_confirmation_email", "finalize_order", []],
];

test("a successful order is one trace of four services with every span of the guide", async () => {
  const stockBefore = await stockTotal();
  const ordersBefore = await orderCount();
  const { result, trace } = await order("completed");
  assert.match(result.orderId ?? "", /^ORD-[0-9A-F]{8}$/);
  assert.deepEqual(new Set(trace.map((span) => span.service)), new Set(services));
  const root = trace.find((span) => span.parentSpanId === undefined);
  assert.deepEqual(
    [root?.service, root?.name, root?.kind],
    ["frontend-service", "POST /api/orders", "SERVER"],
  );
  for (const [service, name, parent, attributes] of guide) {
    const span = only(trace, service, name);
    assert.ok(ancestors(trace, span)[0]?.name.startsWith(parent), `${service} ${name}`);
    for (const attribute of attributes) {
      assert.ok(attribute in span.attributes, `${service} ${name} lacks ${attribute}`);
    }
  }
  const transaction = only(trace, "payment-service", "process_payment").attributes;
  assert.match(String(transaction["app.transaction_id"]), /^TXN-[0-9A-F]{12}$/);
  assert.deepEqual(
    trace.filter((span) => span.status === "ERROR"),
    [],
  );
  const { items } = drawnOrder(1, keyFor("completed").index);
  assert.equal(await stockTotal(), stockBefore - items.length);
  assert.equal(await orderCount(), ordersBefore + 1);
});

test("a declined payment answers 402 and is marked from the gateway call to the root", async () => {
  const stockBefore = await stockTotal();
  const { result, trace } = await order("payment_declined");
  assert.match(result.message ?? "", /stripe declined/);
  const origin = only(trace, "payment-service", "call_payment_gateway");
  assertMarked(trace, origin);
  assert.equal(origin.attributes["error.type"], "payment_declined");
  const root = only(trace, "frontend-service", "POST /api/orders");
  assert.equal(root.attributes["http.response.status_code"], 402);
  assert.equal(await stockTotal(), stockBefore);
});

test("missing stock answers 409 and is marked from the check to the root", async () => {
  const { trace } = await order("insufficient_stock");
  const origin = only(trace, "inventory-service", "check_inventory");
  assertMarked(trace, origin);
  assert.equal(origin.attributes["error.type"], "insufficient_stock");
  assert.equal(origin.attributes["app.availability_check"], "failed");
  const root = only(trace, "frontend-service", "POST /api/orders");
  assert.equal(root.attributes["http.response.status_code"], 409);
});

test("a save over its limit is cancelled by PostgreSQL, and the stock is given back", async () => {
  const stockBefore = await stockTotal();
  const ordersBefore = await orderCount();
  const { trace } = await order("database_timeout");
  const origin = trace.find(
    (span) => span.scope.endsWith("instrumentation-pg") && span.status === "ERROR",
  );
  assert.ok(origin !== undefined);
  assert.equal(origin.service, "order-service");
  assert.equal(origin.attributes["error.type"], "57014");
  assert.equal(origin.attributes["db.response.status_code"], "57014");
  assertMarked(trace, origin);
  const save = only(trace, "order-service", "save_order_to_db");
  assert.equal(save.attributes["error.type"], "57014");
  const statuses = trace
    .filter((span) => span.kind === "SERVER")
    .map((span) => span.attributes["http.response.status_code"]);
  assert.deepEqual(statuses, [504, 504, 504, 504]);
  assert.equal(await stockTotal(), stockBefore);
  assert.equal(await orderCount(), ordersBefore);
});

test("the same key ends the same way again, under another id", async () => {
  const first = await order("payment_declined");
  const second = await order("payment_declined");
  assert.notEqual(first.result.traceId, second.result.traceId);
});

for (const [what, body, message] of [
  ["no items", '{"user_id":"u","payment_method":"paypal","items":[]}', /no items/],
  [
    "a price of 0",
    '{"user_id":"u","payment_method":"paypal","items":[{"name":"x","price":0}]}',
    /greater than 0/,
  ],
  [
    "no payment method",
    '{"user_id":"u","items":[{"name":"x","price":1}]}',
    /payment_method is missing/,
  ],
  ["malformed JSON", '{"user_id":', /JSON/],
] as const) {
  test(`${what}: 400 with the reason, and no one else is asked`, async () => {
    const response = await fetch(`${shop.frontendUrl}/api/orders`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    assert.equal(response.status, 400);
    const answer = (await response.json()) as { error: { code: string; message: string } };
    assert.equal(answer.error.code, "invalid_order");
    assert.match(answer.error.message, message);
    const trace = await traceOf(response.headers.get("x-trace-id") ?? "", ["frontend-service"]);
    assert.deepEqual([...new Set(trace.map((span) => span.service))], ["frontend-service"]);
    const root = only(trace, "frontend-service", "POST /api/orders");
    assert.equal(root.status, "UNSET");
  });
}

test("spans of one service that run one after the other do not overlap", () => {
  const names = ["deduct_inventory", "notify_order_service", "restore_inventory"];
  for (const parent of receiver.spans.filter((span) => span.name === "update_inventory")) {
    const steps = receiver.spans
      .filter((span) => span.parentSpanId === parent.spanId && names.includes(span.name))
      .toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
    for (const [k, step] of steps.entries()) {
      const next = steps[k + 1];
      assert.ok(next === undefined || step.endUnixNano <= next.startUnixNano, step.name);
    }
  }
});

test("nothing the services do on their own becomes a trace", () => {
  const roots = receiver.spans.filter((span) => span.parentSpanId === undefined);
  assert.deepEqual([...new Set(roots.map((span) => span.name))], ["POST /api/orders"]);
});
