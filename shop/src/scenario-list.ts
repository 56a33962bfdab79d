/** Every fault, one entry each; what they are for is docs/shop.md. */
import type { Draw } from "./draws.ts";
import { everydayFate, type Fate, healthyFate, saveLimitMs, saveMsOf } from "./fate.ts";
import { losesSpansOf } from "./lost-spans.ts";
import type { PlacedFate, Scenario } from "./scenario.ts";
import type { Truth } from "./truth.ts";

export const defaultScenario = "everyday";
export const healthyScenario = "healthy";

/** Orders that meet a fault which spares some. */
const share = 0.75;

/** On a healthy order: what the fault changes, for those that meet it. */
function some(change: (fate: Fate, draw: Draw) => Partial<Fate>): (draw: Draw) => Fate {
  return (draw) => {
    const fate = healthyFate(draw);
    return draw("fault") < share ? { ...fate, ...change(fate, draw) } : fate;
  };
}

/** The truth of the orders of which `meets` holds. */
function when(
  meets: (fate: Fate, placed: PlacedFate) => boolean,
  truth: Truth,
): Scenario["truthOf"] {
  return (placed) => (meets(placed.fate, placed) ? truth : undefined);
}

export const scenarioList: readonly Scenario[] = [
  {
    name: defaultScenario,
    about: "declined payments, missing stock, saves that PostgreSQL cancels",
    fateOf: everydayFate,
    truthOf: ({ fate }) => {
      if (fate.paymentDeclined || fate.stockInsufficient || fate.saveMs <= 600) return undefined;
      const cancelled = fate.saveMs > saveLimitMs;
      return {
        service: "order-service",
        operation: "pg.query:SELECT order_db",
        expected: cancelled ? ["slow-query", "timeout"] : ["slow-query"],
        allowed: [],
      };
    },
  },
  {
    name: healthyScenario,
    about: "nothing goes wrong",
    setup: { env: { "order-service": { SHOP_POOL_MAX: "50" } } },
    fateOf: healthyFate,
    truthOf: () => undefined,
  },
  {
    name: "slow-query",
    about: "the save's query takes 0.8 to 1.4 s",
    fateOf: some((_, draw) => ({ saveMs: saveMsOf(draw("slow-save"), 800, 1400) })),
    truthOf: when((fate) => fate.saveMs >= 800, {
      service: "order-service",
      operation: "pg.query:SELECT order_db",
      expected: ["slow-query"],
      allowed: [],
    }),
    culprit: "order-service",
  },
  {
    name: "n-plus-one-query",
    about: "the stock is read shelf after shelf, a query each",
    fateOf: some(() => ({ stockQueries: "one-a-shelf" })),
    truthOf: when((fate) => fate.stockQueries === "one-a-shelf", {
      service: "inventory-service",
      operation: "pg.query:SELECT order_db",
      expected: ["n-plus-one-query"],
      allowed: [],
    }),
    culprit: "inventory-service",
  },
  {
    name: "n-plus-one-call",
    about: "payment-service asks inventory-service about shelf after shelf, a call each",
    fateOf: some(() => ({ riskReads: "shelf-after-shelf" })),
    truthOf: when((fate) => fate.riskReads === "shelf-after-shelf", {
      service: "payment-service",
      operation: "GET",
      expected: ["n-plus-one-call"],
      allowed: [],
    }),
    culprit: "payment-service",
  },
  {
    name: "fan-out",
    about: "payment-service asks inventory-service about all shelves at once, a call each",
    fateOf: some(() => ({ riskReads: "shelves-at-once" })),
    truthOf: when((fate) => fate.riskReads === "shelves-at-once", {
      service: "payment-service",
      operation: "GET",
      expected: ["fan-out"],
      allowed: [],
    }),
    culprit: "payment-service",
  },
  {
    name: "sequential-calls",
    about: "payment-service reads from three services, one after the other",
    fateOf: some(() => ({ riskReads: "service-after-service" })),
    truthOf: when((fate) => fate.riskReads === "service-after-service", {
      service: "payment-service",
      operation: "assess_risk",
      expected: ["sequential-calls"],
      allowed: [],
    }),
    culprit: "payment-service",
  },
  {
    name: "retry",
    about: "the gateway refuses twice, and payment-service tries again without a pause",
    fateOf: some(() => ({ chargeRefusals: 2, attempts: 3 })),
    truthOf: when((fate) => fate.chargeRefusals > 0, {
      service: "payment-service",
      operation: "POST",
      expected: ["retry"],
      allowed: [],
    }),
    culprit: "payment-service",
  },
  {
    name: "retry-storm",
    about:
      "order-service refuses; inventory-service tries three times, and so does payment-service",
    fateOf: some(() => ({ finalizeRefused: true, attempts: 3 })),
    truthOf: when((fate) => fate.finalizeRefused, {
      service: "order-service",
      operation: "finalize_order",
      expected: ["retry", "retry-storm"],
      allowed: [],
    }),
    culprit: "order-service",
  },
  {
    name: "timeout-cascade",
    about: "PostgreSQL cancels the save after 3 s, and every caller fails with it",
    fateOf: some((_, draw) => ({ saveMs: saveMsOf(draw("slow-save"), 3200, 3500) })),
    truthOf: when((fate) => fate.saveMs > saveLimitMs, {
      service: "order-service",
      operation: "pg.query:SELECT order_db",
      expected: ["bottleneck", "slow-query", "slow-service", "slow-trace", "timeout"],
      allowed: [],
    }),
    culprit: "order-service",
  },
  {
    name: "caller-gives-up",
    about: "the save takes 1.5 s, and the frontend waits for 1 s only: the rest is wasted",
    fateOf: some(() => ({ saveMs: 1500, patienceMs: 1000 })),
    truthOf: when((fate) => fate.patienceMs !== undefined, {
      service: "frontend-service",
      operation: "POST",
      expected: ["slow-query", "timeout", "wasted-work"],
      allowed: [],
    }),
    culprit: "order-service",
  },
  {
    name: "pool-exhaustion",
    about: "a job of order-service holds its connections for 0.25 s before each order; 2 orders/s",
    setup: { env: { "order-service": { SHOP_POOL_MAX: "2" } } },
    maxOrdersPerSecond: 2,
    fateOf: (draw) => ({ ...healthyFate(draw), saveMs: 100, poolHeldMs: 250 }),
    truthOf: when(() => true, {
      service: "order-service",
      operation: "pg-pool.connect",
      expected: ["pool-wait"],
      allowed: [],
    }),
    culprit: "order-service",
  },
  {
    name: "slow-gateway",
    about: "the payment gateway, which is not traced, takes 1.6 to 2 s",
    fateOf: some((_, draw) => ({ chargeMs: saveMsOf(draw("slow-charge"), 1600, 2000) })),
    truthOf: when((fate) => fate.chargeMs >= 1600, {
      service: "payment-service",
      operation: "POST",
      expected: ["bottleneck", "slow-service", "slow-trace"],
      allowed: [],
    }),
    culprit: "payment-service",
  },
  {
    name: "decline-burst",
    about: "the gateway declines three payments of four",
    fateOf: some(() => ({ paymentDeclined: true })),
    truthOf: when((fate) => fate.paymentDeclined, {
      service: "payment-service",
      operation: "call_payment_gateway",
      expected: [],
      allowed: [],
    }),
    culprit: "payment-service",
  },
  {
    name: "swallowed-error",
    about: "the confirmation cannot be mailed, and order-service answers success all the same",
    fateOf: some(() => ({ mailRefused: true })),
    truthOf: when((fate) => fate.mailRefused, {
      service: "order-service",
      operation: "send_confirmation_email",
      expected: ["swallowed-error"],
      allowed: [],
    }),
    culprit: "order-service",
  },
  {
    name: "missing-instrumentation",
    about: "order-service runs without tracing",
    restart: { service: "order-service", env: { OTEL_SDK_DISABLED: "true" } },
    fateOf: healthyFate,
    truthOf: when(() => true, {
      service: "order-service",
      operation: "POST /finalize",
      expected: ["missing-instrumentation"],
      allowed: [],
    }),
  },
  {
    name: "clock-skew",
    about: "inventory-service runs on a host whose clock is 5 s behind",
    setup: { clock: { service: "inventory-service", aheadMs: -5000 } },
    fateOf: healthyFate,
    truthOf: when(() => true, {
      service: "inventory-service",
      operation: "POST /update",
      expected: ["clock-skew"],
      allowed: [],
    }),
  },
  {
    name: "lost-spans",
    about: "payment-service loses its spans of half of the orders on their way",
    setup: { lossy: "payment-service" },
    fateOf: healthyFate,
    truthOf: when((_, { traceId }) => losesSpansOf(traceId), {
      service: "payment-service",
      operation: "POST /process",
      expected: ["orphans"],
      // Of the lost ones the call to payment-service is left, without an answer.
      allowed: ["missing-instrumentation"],
    }),
  },
  {
    name: "cold-start",
    about: "order-service starts anew before every eighth order and makes that one wait for 0.8 s",
    restart: { service: "order-service", env: { SHOP_WARMUP_MS: "800" } },
    restartsBefore: (index) => index % 8 === 0,
    fateOf: healthyFate,
    truthOf: when((_, { index }) => index % 8 === 0, {
      service: "order-service",
      operation: "POST /finalize",
      expected: ["cold-start"],
      allowed: [],
    }),
    culprit: "order-service",
  },
  {
    name: "bad-version",
    about: "most orders meet a new version of inventory-service, which is 1.6 s slower",
    setup: {
      second: {
        service: "inventory-service",
        env: { SHOP_DRAG_MS: "1600", OTEL_RESOURCE_ATTRIBUTES: "service.version=2.0.0" },
      },
    },
    fateOf: some(() => ({ instance: 1 })),
    truthOf: when((fate) => fate.instance === 1, {
      service: "inventory-service",
      operation: "update_inventory",
      expected: ["bottleneck", "slow-service", "slow-trace"],
      allowed: [],
    }),
    culprit: "inventory-service",
  },
  {
    name: "slow-region",
    about: "most orders meet an order-service in another region, which is 1.6 s slower",
    setup: {
      env: { "order-service": { OTEL_RESOURCE_ATTRIBUTES: "cloud.region=eu-central-1" } },
      second: {
        service: "order-service",
        env: { SHOP_DRAG_MS: "1600", OTEL_RESOURCE_ATTRIBUTES: "cloud.region=ap-southeast-2" },
      },
    },
    fateOf: some(() => ({ instance: 1 })),
    truthOf: when((fate) => fate.instance === 1, {
      service: "order-service",
      operation: "finalize_order",
      expected: ["bottleneck", "slow-service", "slow-trace"],
      allowed: [],
    }),
    culprit: "order-service",
  },
  {
    name: "one-product",
    about: "the stock of one product takes a query of 0.9 s",
    fateOf: (draw) => ({ ...healthyFate(draw), slowProduct: "Webcam" }),
    truthOf: when(
      ({ slowProduct }, { order }) => order.items.some((item) => item.name === slowProduct),
      {
        service: "inventory-service",
        operation: "pg.query:SELECT order_db",
        expected: ["slow-query"],
        allowed: [],
      },
    ),
    culprit: "inventory-service",
  },
];
