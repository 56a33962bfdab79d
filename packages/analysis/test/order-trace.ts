// An order on its way through four services, as @culprit/tracing and the automatic instrumentation record it.
// Server spans that answer 4xx stay UNSET, as the conventions ask; client spans that see one are ERROR.

import { type AttributeValue, type Span, SpanKind, StatusCode } from "@culprit/trace-model";
import { exceptionEvent, resource, sketched } from "../../trace-model/test/sketched-span.ts";

const MILLISECOND = 1_000_000n;
const START = 1_763_832_000_123_456_789n;

interface Failed {
  readonly type: string;
  readonly message: string;
}

interface Details {
  readonly kind?: number;
  readonly http?: number;
  readonly error?: Failed;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

/** The parent is the last step of one level less; times are milliseconds after the order came in. */
type Step = readonly [
  level: number,
  id: keyof typeof ORDER_IDS,
  service: string,
  name: string,
  from: number,
  to: number,
  details?: Details,
];

export const ORDER_IDS = {
  frontendServer: "1",
  processOrder: "2",
  validateOrder: "3",
  callPayment: "4",
  toPayment: "5",
  paymentServer: "6",
  processPayment: "7",
  callGateway: "9",
  toGateway: "a",
  updateInventory: "b",
  toInventory: "c",
  inventoryServer: "d",
  inventoryWork: "e",
  notifyOrder: "f",
  toOrder: "10",
  orderServer: "11",
  finalizeOrder: "12",
  databaseConnection: "13",
  saveOrder: "14",
  query: "15",
} as const;

function spansOf(steps: readonly Step[]): Span[] {
  const above: string[] = [];
  const resources = new Map<string, ReturnType<typeof resource>>();
  return steps.map(([level, key, service, name, from, to, details = {}]) => {
    const { kind, http, error, attributes } = details;
    const own =
      resources.get(service) ??
      resource({ "service.name": `${service}-service`, "host.name": "laptop" });
    resources.set(service, own);
    above[level] = ORDER_IDS[key];
    const parent = level === 0 ? undefined : above[level - 1];
    return sketched({
      id: ORDER_IDS[key],
      ...(parent === undefined ? {} : { parent }),
      start: START + BigInt(from) * MILLISECOND,
      end: START + BigInt(to) * MILLISECOND,
      name,
      kind: kind ?? SpanKind.internal,
      resource: own,
      status: error === undefined ? StatusCode.unset : StatusCode.error,
      message: error?.message ?? "",
      attributes: {
        ...(http === undefined ? {} : { "http.response.status_code": BigInt(http) }),
        ...(error === undefined || error.type === "" ? {} : { "error.type": error.type }),
        ...attributes,
      },
      events:
        error === undefined || error.message === ""
          ? []
          : [exceptionEvent(error.type, error.message)],
    });
  });
}

const { server, client } = SpanKind;

const CANCELED: Failed = { type: "57014", message: "canceling statement due to statement timeout" };
const NOT_SAVED: Failed = { type: "DatabaseError", message: CANCELED.message };
const FROM_ORDER: Failed = { type: "UpstreamError", message: "order-service answered 500" };
const FROM_INVENTORY: Failed = { type: "UpstreamError", message: "inventory-service answered 500" };
const FROM_PAYMENT: Failed = { type: "UpstreamError", message: "payment-service answered 500" };
const ANSWER_500: Details = { kind: client, http: 500, error: { type: "500", message: "" } };

const QUERY: Details = {
  kind: client,
  error: CANCELED,
  attributes: {
    "db.system.name": "postgresql",
    "db.query.text": "SELECT pg_sleep($1)",
    "db.response.status_code": "57014",
  },
};

/** Saving takes 3 s and is cancelled by the database's statement timeout; every caller answers 500. */
export function timedOutOrder(query: Details = {}): Span[] {
  const answers = (error: Failed): Details => ({ kind: server, http: 500, error });
  const fails = (error: Failed): Details => ({ error });
  const save: Details = { error: CANCELED, attributes: { "app.timeout_threshold_ms": 3000n } };
  return spansOf([
    [0, "frontendServer", "frontend", "POST /api/orders", 0, 3660, answers(FROM_PAYMENT)],
    [1, "processOrder", "frontend", "process_order", 2, 3659, fails(FROM_PAYMENT)],
    [2, "validateOrder", "frontend", "validate_order", 3, 103],
    [2, "callPayment", "frontend", "call_payment_service", 104, 3658, fails(FROM_PAYMENT)],
    [3, "toPayment", "frontend", "POST", 105, 3657, ANSWER_500],
    [4, "paymentServer", "payment", "POST /process", 107, 3656, answers(FROM_INVENTORY)],
    [5, "processPayment", "payment", "process_payment", 108, 3655, fails(FROM_INVENTORY)],
    [6, "callGateway", "payment", "call_payment_gateway", 160, 462],
    [7, "toGateway", "payment", "POST", 161, 461, { kind: client, http: 200 }],
    [6, "updateInventory", "payment", "update_inventory", 463, 3654, fails(FROM_INVENTORY)],
    [7, "toInventory", "payment", "POST", 464, 3653, ANSWER_500],
    [8, "inventoryServer", "inventory", "POST /update", 466, 3652, answers(FROM_ORDER)],
    [9, "inventoryWork", "inventory", "update_inventory", 467, 3651, fails(FROM_ORDER)],
    [10, "notifyOrder", "inventory", "notify_order_service", 620, 3650, fails(FROM_ORDER)],
    [11, "toOrder", "inventory", "POST", 621, 3649, ANSWER_500],
    [12, "orderServer", "order", "POST /finalize", 622, 3648, answers(NOT_SAVED)],
    [13, "finalizeOrder", "order", "finalize_order", 623, 3647, fails(NOT_SAVED)],
    [14, "databaseConnection", "order", "database_connection", 623, 643],
    [14, "saveOrder", "order", "save_order_to_db", 644, 3646, save],
    [15, "query", "order", "pg.query:SELECT order_db", 645, 3645, { ...QUERY, ...query }],
  ]);
}

/** The gateway declines: 402 all the way up, servers UNSET. */
export function declinedOrder(): Span[] {
  const declined: Details = { error: { type: "PaymentDeclined", message: "card declined" } };
  const answered: Details = { kind: client, http: 402, error: { type: "402", message: "" } };
  const answers: Details = { kind: server, http: 402 };
  return spansOf([
    [0, "frontendServer", "frontend", "POST /api/orders", 0, 480, answers],
    [1, "processOrder", "frontend", "process_order", 2, 479, declined],
    [2, "validateOrder", "frontend", "validate_order", 3, 103],
    [2, "callPayment", "frontend", "call_payment_service", 104, 478, declined],
    [3, "toPayment", "frontend", "POST", 105, 477, answered],
    [4, "paymentServer", "payment", "POST /process", 107, 476, answers],
    [5, "processPayment", "payment", "process_payment", 108, 475, declined],
    [6, "callGateway", "payment", "call_payment_gateway", 160, 462, declined],
    [7, "toGateway", "payment", "POST", 161, 461, answered],
  ]);
}
