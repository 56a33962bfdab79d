// The spans of `npm run bench:ingest`: about 345 bytes of OTLP each with 8 attributes, eight spans a trace, ten services.

import { randomBytes, randomInt } from "node:crypto";
import { type AttributeValue, NO_ATTRIBUTES, type Resource, type Span } from "@culprit/trace-model";
import { encodeOtlpProtobuf } from "@culprit/wire";

export const SPANS_PER_REQUEST = 512;
const SPANS_PER_TRACE = 8;
const SERVICES = [
  "frontend",
  "cart",
  "checkout",
  "payment",
  "shipping",
  "catalogue",
  "currency",
  "email",
  "ads",
  "search",
];

const SCOPE = {
  name: "@opentelemetry/instrumentation-http",
  version: "0.205.0",
  attributes: NO_ATTRIBUTES,
  droppedAttributesCount: 0,
  schemaUrl: "",
};

function resourceOf(service: string): Resource {
  return {
    attributes: new Map<string, AttributeValue>([
      ["service.name", service],
      ["service.version", "1.14.2"],
      ["service.instance.id", `${service}-7d9c6b5f4-x2x9k`],
      ["host.name", "node-17.cluster.local"],
      ["process.pid", 4711n],
      ["telemetry.sdk.language", "nodejs"],
    ]),
    droppedAttributesCount: 0,
    schemaUrl: "",
  };
}

const RESOURCES = SERVICES.map(resourceOf);

function attributesOf(): Map<string, AttributeValue> {
  return new Map<string, AttributeValue>([
    ["http.request.method", randomInt(3) === 0 ? "POST" : "GET"],
    ["url.path", `/api/v1/products/${randomInt(1000)}`],
    ["http.route", "/api/v1/products/:id"],
    ["http.response.status_code", BigInt(randomInt(20) === 0 ? 500 : 200)],
    ["server.address", `catalogue-${randomInt(10)}.shop.svc`],
    ["server.port", 8080n],
    ["network.peer.address", `10.0.${randomInt(4)}.${randomInt(250)}`],
    ["app.user_id", `user_${String(randomInt(1000)).padStart(5, "0")}`],
  ]);
}

/** One process's export: spans of many traces, as they come from a batch processor. */
export function makeSpans(count: number, startUnixNano: bigint): Span[] {
  const spans: Span[] = [];
  const resource = RESOURCES[randomInt(RESOURCES.length)] as Resource;
  let traceId = "";
  let parentSpanId = "";
  for (let i = 0; i < count; i++) {
    if (i % SPANS_PER_TRACE === 0) {
      traceId = randomBytes(16).toString("hex");
      parentSpanId = "";
    }
    const spanId = randomBytes(8).toString("hex");
    const start = startUnixNano + BigInt(i * 1_000_000 + randomInt(1_000_000));
    spans.push({
      traceId,
      spanId,
      parentSpanId,
      traceState: "",
      flags: 257,
      name: `GET /api/v1/products/:id ${randomInt(20)}`,
      kind: 2 + (i % 2),
      startUnixNano: start,
      endUnixNano: start + BigInt(randomInt(50_000_000)),
      attributes: attributesOf(),
      droppedAttributesCount: 0,
      events: [],
      droppedEventsCount: 0,
      links: [],
      droppedLinksCount: 0,
      statusCode: randomInt(20) === 0 ? 2 : 0,
      statusMessage: "",
      resource,
      scope: SCOPE,
    });
    parentSpanId = spanId;
  }
  return spans;
}

/** A request whose spans can be made new ones in place: other ids, other times, the same sizes. */
export class RequestTemplate {
  readonly body: Buffer;
  /** Offsets of trace ids (16 bytes) and of start and end (8 bytes each, little endian). */
  readonly #traceIds: number[] = [];
  readonly #times: number[] = [];

  constructor() {
    const spans = makeSpans(SPANS_PER_REQUEST, BigInt(Date.now()) * 1_000_000n);
    this.body = Buffer.from(encodeOtlpProtobuf(spans));
    let at = 0;
    for (const { traceId, startUnixNano, endUnixNano } of spans) {
      at = this.#find(Buffer.from(traceId, "hex"), at);
      this.#traceIds.push(at);
      at += traceId.length / 2;
      for (const time of [startUnixNano, endUnixNano]) {
        const bytes = Buffer.alloc(8);
        bytes.writeBigUInt64LE(time);
        this.#times.push(this.#find(bytes, at));
      }
    }
  }

  /**
   * Other trace ids (the first half anew, the second half as it was: spans of one trace stay together), times moved on.
   * @param generation differs at each call of one run
   */
  renew(generation: number, movedNanos: number): void {
    const { body } = this;
    for (const at of this.#traceIds) {
      body.writeUInt32LE(generation, at);
      body.writeUInt32LE(Math.imul(generation, 0x9e3779b1) >>> 0, at + 4);
    }
    for (const at of this.#times) {
      const low = body.readUInt32LE(at) + (movedNanos % 0x1_0000_0000);
      body.writeUInt32LE(low % 0x1_0000_0000, at);
      const carry = Math.floor(low / 0x1_0000_0000) + Math.floor(movedNanos / 0x1_0000_0000);
      if (carry > 0) body.writeUInt32LE((body.readUInt32LE(at + 4) + carry) >>> 0, at + 4);
    }
  }

  #find(bytes: Buffer, from: number): number {
    const at = this.body.indexOf(bytes, from);
    if (at < 0) throw new Error("the encoded request lacks what was put in");
    return at;
  }
}
