// An order on its way through four services, as @culprit/tracing and the automatic instrumentation record it.
// Server spans that answer 4xx stay UNSET, as the conventions ask; client spans that see one are ERROR.

import { type AttributeValue, type Span, SpanKind, StatusCode } from "@culprit/trace-model";
import {
  exceptionEvent,
  resource,
  type SpanSketch,
  sketched,
} from "../../trace-model/test/sketched-span.ts";

const MILLISECOND = 1_000_000n;
const START = 1_763_832_000_123_456_789n;

export const ORDER_IDS: Readonly<Record<string, string>> = {
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
};

interface Step {
  readonly key: string;
  readonly parent?: string;
  /** Milliseconds after the order came in. */
  readonly from: number;
  readonly to: number;
  readonly service: string;
  readonly name: string;
  readonly kind?: number;
  readonly http?: number;
  readonly error?: { readonly type: string; readonly message: string };
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

const HOSTS: Readonly<Record<string, ReturnType<typeof resource>>> = Object.fromEntries(
  ["frontend", "payment", "inventory", "order"].map((name) => [
    name,
    resource({ "service.name": `${name}-service`, "host.name": "laptop" }),
  ]),
);

function span(step: Step): Span {
  const { error, http } = step;
  const sketch: SpanSketch = {
    id: ORDER_IDS[step.key] as string,
    ...(step.parent === undefined ? {} : { parent: ORDER_IDS[step.parent] as string }),
    start: START + BigInt(step.from) * MILLISECOND,
    end: START + BigInt(step.to) * MILLISECOND,
    name: step.name,
    kind: step.kind ?? SpanKind.internal,
    resource: HOSTS[step.service] ?? resource({}),
    status: error === undefined ? StatusCode.unset : StatusCode.error,
    message: error?.message ?? "",
    attributes: {
      ...(http === undefined ? {} : { "http.response.status_code": BigInt(http) }),
      ...(error === undefined ? {} : { "error.type": error.type }),
      ...step.attributes,
    },
    events: error === undefined ? [] : [exceptionEvent(error.type, error.message)],
  };
  return sketched(sketch);
}

const { server, client } = SpanKind;

/** Saving takes 3 s and is cancelled by the database's statement timeout; every caller answers 500. */
export function timedOutOrder(query: Partial<Step> = {}): Span[] {
  const canceled = { type: "57014", message: "canceling statement due to statement timeout" };
  const failed = (message: string) => ({ type: "DatabaseError", message });
  const upstream = (name: string) => ({ type: "UpstreamError", message: `${name} answered 500` });
  const steps: Step[] = [
    {
      key: "frontendServer",
      from: 0,
      to: 3660,
      service: "frontend",
      name: "POST /api/orders",
      kind: server,
      http: 500,
      error: upstream("payment-service"),
    },
    {
      key: "processOrder",
      parent: "frontendServer",
      from: 2,
      to: 3659,
      service: "frontend",
      name: "process_order",
      error: upstream("payment-service"),
    },
    {
      key: "validateOrder",
      parent: "processOrder",
      from: 3,
      to: 103,
      service: "frontend",
      name: "validate_order",
    },
    {
      key: "callPayment",
      parent: "processOrder",
      from: 104,
      to: 3658,
      service: "frontend",
      name: "call_payment_service",
      error: upstream("payment-service"),
    },
    {
      key: "toPayment",
      parent: "callPayment",
      from: 105,
      to: 3657,
      service: "frontend",
      name: "POST",
      kind: client,
      http: 500,
      error: { type: "500", message: "" },
    },
    {
      key: "paymentServer",
      parent: "toPayment",
      from: 107,
      to: 3656,
      service: "payment",
      name: "POST /process",
      kind: server,
      http: 500,
      error: upstream("inventory-service"),
    },
    {
      key: "processPayment",
      parent: "paymentServer",
      from: 108,
      to: 3655,
      service: "payment",
      name: "process_payment",
      error: upstream("inventory-service"),
    },
    {
      key: "callGateway",
      parent: "processPayment",
      from: 160,
      to: 462,
      service: "payment",
      name: "call_payment_gateway",
    },
    {
      key: "toGateway",
      parent: "callGateway",
      from: 161,
      to: 461,
      service: "payment",
      name: "POST",
      kind: client,
      http: 200,
    },
    {
      key: "updateInventory",
      parent: "processPayment",
      from: 463,
      to: 3654,
      service: "payment",
      name: "update_inventory",
      error: upstream("inventory-service"),
    },
    {
      key: "toInventory",
      parent: "updateInventory",
      from: 464,
      to: 3653,
      service: "payment",
      name: "POST",
      kind: client,
      http: 500,
      error: { type: "500", message: "" },
    },
    {
      key: "inventoryServer",
      parent: "toInventory",
      from: 466,
      to: 3652,
      service: "inventory",
      name: "POST /update",
      kind: server,
      http: 500,
      error: upstream("order-service"),
    },
    {
      key: "inventoryWork",
      parent: "inventoryServer",
      from: 467,
      to: 3651,
      service: "inventory",
      name: "update_inventory",
      error: upstream("order-service"),
    },
    {
      key: "notifyOrder",
      parent: "inventoryWork",
      from: 620,
      to: 3650,
      service: "inventory",
      name: "notify_order_service",
      error: upstream("order-service"),
    },
    {
      key: "toOrder",
      parent: "notifyOrder",
      from: 621,
      to: 3649,
      service: "inventory",
      name: "POST",
      kind: client,
      http: 500,
      error: { type: "500", message: "" },
    },
    {
      key: "orderServer",
      parent: "toOrder",
      from: 622,
      to: 3648,
      service: "order",
      name: "POST /finalize",
      kind: server,
      http: 500,
      error: failed(canceled.message),
    },
    {
      key: "finalizeOrder",
      parent: "orderServer",
      from: 623,
      to: 3647,
      service: "order",
      name: "finalize_order",
      error: failed(canceled.message),
    },
    {
      key: "databaseConnection",
      parent: "finalizeOrder",
      from: 623,
      to: 643,
      service: "order",
      name: "database_connection",
      attributes: { "app.connection_timeout": 30n },
    },
    {
      key: "saveOrder",
      parent: "finalizeOrder",
      from: 644,
      to: 3646,
      service: "order",
      name: "save_order_to_db",
      error: { type: "57014", message: canceled.message },
      attributes: { "app.timeout_threshold_ms": 3000n },
    },
    {
      key: "query",
      parent: "saveOrder",
      from: 645,
      to: 3645,
      service: "order",
      name: "pg.query:SELECT order_db",
      kind: client,
      error: canceled,
      attributes: {
        "db.system.name": "postgresql",
        "db.query.text": "SELECT pg_sleep($1)",
        "db.response.status_code": "57014",
      },
      ...query,
    },
  ];
  return steps.map(span);
}

/** The gateway declines: 402 all the way up, servers UNSET. */
export function declinedOrder(): Span[] {
  const declined = { type: "PaymentDeclined", message: "card declined" };
  const steps: Step[] = [
    {
      key: "frontendServer",
      from: 0,
      to: 480,
      service: "frontend",
      name: "POST /api/orders",
      kind: server,
      http: 402,
    },
    {
      key: "processOrder",
      parent: "frontendServer",
      from: 2,
      to: 479,
      service: "frontend",
      name: "process_order",
      error: declined,
    },
    {
      key: "validateOrder",
      parent: "processOrder",
      from: 3,
      to: 103,
      service: "frontend",
      name: "validate_order",
    },
    {
      key: "callPayment",
      parent: "processOrder",
      from: 104,
      to: 478,
      service: "frontend",
      name: "call_payment_service",
      error: declined,
    },
    {
      key: "toPayment",
      parent: "callPayment",
      from: 105,
      to: 477,
      service: "frontend",
      name: "POST",
      kind: client,
      http: 402,
      error: { type: "402", message: "" },
    },
    {
      key: "paymentServer",
      parent: "toPayment",
      from: 107,
      to: 476,
      service: "payment",
      name: "POST /process",
      kind: server,
      http: 402,
    },
    {
      key: "processPayment",
      parent: "paymentServer",
      from: 108,
      to: 475,
      service: "payment",
      name: "process_payment",
      error: declined,
    },
    {
      key: "callGateway",
      parent: "processPayment",
      from: 160,
      to: 462,
      service: "payment",
      name: "call_payment_gateway",
      error: declined,
    },
    {
      key: "toGateway",
      parent: "callGateway",
      from: 161,
      to: 461,
      service: "payment",
      name: "POST",
      kind: client,
      http: 402,
      error: { type: "402", message: "" },
    },
  ];
  return steps.map(span);
}
