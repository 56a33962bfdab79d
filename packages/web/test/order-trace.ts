// Orders of the example shop as OTLP/JSON: one that the database cancels after its statement timeout, and one that goes well.

interface Node {
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly children: readonly Node[];
  readonly attributes?: Readonly<Record<string, string | number>>;
  readonly failure?: { readonly type: string; readonly message: string; readonly origin?: boolean };
}

const INTERNAL = 1;
const SERVER = 2;
const CLIENT = 3;
const STATUS_ERROR = 2;

const TIMEOUT = {
  type: "57014",
  message: "canceling statement due to statement timeout",
  origin: true,
};
const GATEWAY_TIMEOUT = { type: "504", message: "order-service answered 504" };

export const FAILED_TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
export const GOOD_TRACE_ID = "9a1c07d25ee1402f8d3b6b1f0c5a7e21";

/** Body of POST /v1/traces. */
export function failedOrder(startMs: number): string {
  return otlp(FAILED_TRACE_ID, startMs, order(3000, true));
}

export function goodOrder(startMs: number): string {
  return otlp(GOOD_TRACE_ID, startMs, order(800, false));
}

function order(saveMs: number, fails: boolean): Node {
  const saved = 560 + saveMs;
  const failure = fails ? { failure: GATEWAY_TIMEOUT } : {};
  const query: Node = {
    ...span("order-service", "pg.query:SELECT order_db", CLIENT, 560, saved),
    attributes: {
      "db.system.name": "postgresql",
      "db.query.text": "SELECT pg_sleep($1)",
      "server.port": 5432,
    },
    ...(fails ? { failure: TIMEOUT } : {}),
  };
  const save = {
    ...span("order-service", "save_order_to_db", INTERNAL, 555, saved + 2, query),
    ...failure,
  };
  const finalize = {
    ...span("order-service", "POST /finalize", SERVER, 530, saved + 5, save),
    ...failure,
  };
  const check = span("inventory-service", "check_inventory", INTERNAL, 420, 520);
  const update = {
    ...span("inventory-service", "POST /update", SERVER, 415, saved + 8, check, finalize),
    ...failure,
  };
  const gateway = span("payment-service", "call_payment_gateway", INTERNAL, 110, 410);
  const pay = {
    ...span("payment-service", "POST /process", SERVER, 105, saved + 10, gateway, update),
    ...failure,
  };
  const validate = span("frontend-service", "validate_order", INTERNAL, 2, 102);
  return {
    ...span("frontend-service", "POST /api/orders", SERVER, 0, saved + 12, validate, pay),
    attributes: { "http.request.method": "POST", "http.response.status_code": fails ? 504 : 201 },
    ...failure,
  };
}

function span(
  service: string,
  name: string,
  kind: number,
  fromMs: number,
  toMs: number,
  ...children: Node[]
): Node {
  return { service, name, kind, fromMs, toMs, children };
}

function otlp(traceId: string, startMs: number, root: Node): string {
  const byService = new Map<string, object[]>();
  let spanCount = 0;
  const nano = (ms: number): string => `${startMs + ms}000000`;
  const visit = (node: Node, parentSpanId: string): void => {
    const spanId = (++spanCount).toString(16).padStart(16, "0");
    const { failure } = node;
    const exception = {
      timeUnixNano: nano(node.toMs),
      name: "exception",
      attributes: keyValues({
        "exception.type": failure?.type ?? "",
        "exception.message": failure?.message ?? "",
        "exception.stacktrace": `error: ${failure?.message}\n    at Parser.parse (parser.js:285)`,
      }),
    };
    const spans = byService.get(node.service) ?? [];
    byService.set(node.service, spans);
    spans.push({
      traceId,
      spanId,
      parentSpanId,
      name: node.name,
      kind: node.kind,
      startTimeUnixNano: nano(node.fromMs),
      endTimeUnixNano: nano(node.toMs),
      attributes: keyValues({
        ...node.attributes,
        ...(failure === undefined ? {} : { "error.type": failure.type }),
      }),
      status: failure === undefined ? {} : { code: STATUS_ERROR, message: failure.message },
      events: failure?.origin === true ? [exception] : [],
    });
    for (const child of node.children) visit(child, spanId);
  };
  visit(root, "");
  return JSON.stringify({
    resourceSpans: [...byService].map(([service, spans]) => ({
      resource: { attributes: keyValues({ "service.name": service }) },
      scopeSpans: [{ scope: { name: "shop" }, spans }],
    })),
  });
}

function keyValues(attributes: Readonly<Record<string, string | number>>): object[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === "number" ? { intValue: String(value) } : { stringValue: value },
  }));
}
