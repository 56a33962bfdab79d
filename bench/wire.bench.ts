// How fast one thread takes OTLP/protobuf apart: `node bench/wire.bench.ts`
// Requests of 512 spans of about 345 bytes with 8 attributes, into a sink that copies what it is given, as a store does.

import { cpus } from "node:os";
import type { Span, SpanHead, SpanSink } from "@culprit/trace-model";
import { encodeOtlpProtobuf, OtlpProtobufDecoder } from "@culprit/wire";

const SPANS_PER_REQUEST = 512;
const REQUESTS = 64;
const ROUNDS = 9;
const ROUND_MS = 400;

/** Every byte of every call ends in one buffer that starts anew when it is full. */
class CopyingSink implements SpanSink {
  readonly #buffer = new Uint8Array(1 << 22);
  readonly #view = new DataView(this.#buffer.buffer);
  #used = 0;

  resource(): void {}
  scope(): void {}

  beginSpan(head: SpanHead): void {
    if (this.#used > (1 << 22) - (1 << 16)) this.#used = 0;
    const { bytes } = head;
    this.#copy(bytes, head.traceIdAt, head.traceIdAt + 16);
    this.#copy(bytes, head.spanIdAt, head.spanIdAt + 8);
    if (head.parentSpanIdAt >= 0) this.#copy(bytes, head.parentSpanIdAt, head.parentSpanIdAt + 8);
    this.#copy(bytes, head.nameStart, head.nameEnd);
    this.#copy(bytes, head.traceStateStart, head.traceStateEnd);
    this.#copy(bytes, head.statusMessageStart, head.statusMessageEnd);
    this.#copy(bytes, head.startUnixNanoAt, head.startUnixNanoAt + 8);
    this.#copy(bytes, head.endUnixNanoAt, head.endUnixNanoAt + 8);
    this.#int(head.kind);
    this.#int(head.flags);
    this.#int(head.statusCode);
  }

  endSpan(): void {}

  stringAttribute(bytes: Uint8Array, ks: number, ke: number, vs: number, ve: number): void {
    this.#copy(bytes, ks, ke);
    this.#copy(bytes, vs, ve);
  }

  boolAttribute(bytes: Uint8Array, ks: number, ke: number, value: boolean): void {
    this.#copy(bytes, ks, ke);
    this.#int(value ? 1 : 0);
  }

  intAttribute(bytes: Uint8Array, ks: number, ke: number, low: number, high: number): void {
    this.#copy(bytes, ks, ke);
    this.#int(low);
    this.#int(high);
  }

  doubleAttribute(bytes: Uint8Array, ks: number, ke: number, value: number): void {
    this.#copy(bytes, ks, ke);
    this.#view.setFloat64(this.#used, value, true);
    this.#used += 8;
  }

  otherAttribute(bytes: Uint8Array, ks: number, ke: number): void {
    this.#copy(bytes, ks, ke);
  }

  beginEvent(bytes: Uint8Array, timeAt: number, ns: number, ne: number): void {
    if (timeAt >= 0) this.#copy(bytes, timeAt, timeAt + 8);
    this.#copy(bytes, ns, ne);
  }

  endEvent(): void {}

  beginLink(bytes: Uint8Array, traceIdAt: number, spanIdAt: number): void {
    this.#copy(bytes, traceIdAt, traceIdAt + 16);
    this.#copy(bytes, spanIdAt, spanIdAt + 8);
  }

  endLink(): void {}

  #int(value: number): void {
    this.#view.setInt32(this.#used, value, true);
    this.#used += 4;
  }

  #copy(bytes: Uint8Array, start: number, end: number): void {
    const buffer = this.#buffer;
    let to = this.#used;
    for (let i = start; i < end; i++) buffer[to++] = bytes[i] as number;
    this.#used = to;
  }
}

function requestOf(number: number): Uint8Array {
  const resource = {
    attributes: new Map([
      ["service.name", `service-${number % 16}`],
      ["service.version", "1.4.2"],
      ["host.name", `host-${number % 16}`],
    ]),
    droppedAttributesCount: 0,
    schemaUrl: "https://opentelemetry.io/schemas/1.30.0",
  };
  const scope = {
    name: "@opentelemetry/instrumentation-http",
    version: "0.200.0",
    attributes: new Map<string, string>(),
    droppedAttributesCount: 0,
    schemaUrl: "",
  };
  const spans: Span[] = [];
  for (let i = 0; i < SPANS_PER_REQUEST; i++) {
    const serial = number * SPANS_PER_REQUEST + i;
    const start = 1_795_000_000_000_000_000n + BigInt(serial) * 1_000_003n;
    spans.push({
      traceId: (serial + 1).toString(16).padStart(32, "5eed"),
      spanId: (serial + 1).toString(16).padStart(16, "c0de"),
      parentSpanId: i % 10 === 0 ? "" : serial.toString(16).padStart(16, "c0de"),
      traceState: "",
      flags: 257,
      name: `GET /api/orders/${i % 40}`,
      kind: 1 + (i % 5),
      startUnixNano: start,
      endUnixNano: start + 12_345_678n,
      attributes: new Map<string, string | bigint | boolean | number>([
        ["http.request.method", "GET"],
        ["url.path", `/api/orders/${serial % 1000}`],
        ["http.response.status_code", 200n],
        ["server.address", "orders.internal"],
        ["user.id", `customer-${serial % 5000}@shop.example`],
        ["network.protocol.version", "1.1"],
        ["retry", false],
        ["app.total_amount", 12.5 + i],
      ]),
      droppedAttributesCount: 0,
      events: [],
      droppedEventsCount: 0,
      links: [],
      droppedLinksCount: 0,
      statusCode: 0,
      statusMessage: "",
      resource,
      scope,
    });
  }
  return encodeOtlpProtobuf(spans);
}

const requests = Array.from({ length: REQUESTS }, (_, number) => requestOf(number));
const sizeBytes = requests.reduce((sum, request) => sum + request.length, 0);
const decoder = new OtlpProtobufDecoder();
const sink = new CopyingSink();

function round(): number {
  const start = performance.now();
  let spans = 0;
  let elapsedMs = 0;
  while (elapsedMs < ROUND_MS) {
    for (const request of requests) spans += decoder.decode(request, sink).spanCount;
    elapsedMs = performance.now() - start;
  }
  return (spans / elapsedMs) * 1000;
}

round();
const rates = Array.from({ length: ROUNDS }, round).sort((a, b) => a - b);
const thousands = (rate: number | undefined) => `${Math.round((rate ?? 0) / 1000)} k`;
console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`);
console.log(
  `OTLP/protobuf, ${Math.round(sizeBytes / REQUESTS / SPANS_PER_REQUEST)} B a span, 8 attributes, one thread: ` +
    `median ${thousands(rates[ROUNDS >> 1])} spans/s (${thousands(rates[0])} to ${thousands(rates[ROUNDS - 1])}, ${ROUNDS} rounds)`,
);
