// How fast one thread takes each format apart: `node bench/wire.bench.ts`
// Requests of 512 spans with 8 attributes (345 bytes a span in OTLP), into a sink that copies what it is given, as a
// store does. The formats take turns within each round, so that their ratios hold.

import { cpus } from "node:os";
import type { Span, SpanHead, SpanSink } from "@culprit/trace-model";
import {
  encodeOtlpProtobuf,
  JaegerProtobufDecoder,
  JaegerThriftDecoder,
  OtlpProtobufDecoder,
  ZipkinJsonDecoder,
  ZipkinProtobufDecoder,
  ZipkinThriftDecoder,
} from "@culprit/wire";
import { protobufBatch, thriftBatch, thriftPacket } from "../packages/wire/test/jaeger-batch.ts";
import {
  zipkinProtobuf,
  zipkinThrift,
  zipkinV1Of,
} from "../packages/wire/test/zipkin-encodings.ts";
import { jaegerBatch, zipkinSpans } from "./foreign-spans.ts";

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

function requestOf(number: number): Span[] {
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
  return Array.from({ length: SPANS_PER_REQUEST }, (_, i): Span => {
    const serial = number * SPANS_PER_REQUEST + i;
    const start = 1_795_000_000_000_000_000n + BigInt(serial) * 1_000_003n;
    return {
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
    };
  });
}

interface Format {
  readonly name: string;
  readonly requests: readonly Uint8Array[];
  decode(request: Uint8Array): { readonly spanCount: number };
}

const sink = new CopyingSink();
const requests = Array.from({ length: REQUESTS }, (_, number) => requestOf(number));
const batches = requests.map(jaegerBatch);
const otlp = new OtlpProtobufDecoder();
const thrift = new JaegerThriftDecoder();
const jaeger = new JaegerProtobufDecoder();
const zipkin = requests.map(zipkinSpans);
const zipkinV1 = zipkin.map((spans) => spans.map(zipkinV1Of));
const zipkinJson = new ZipkinJsonDecoder();
const zipkinProtobufs = new ZipkinProtobufDecoder();
const zipkinThrifts = new ZipkinThriftDecoder();
const FORMATS: readonly Format[] = [
  {
    name: "OTLP/protobuf",
    requests: requests.map(encodeOtlpProtobuf),
    decode: (request) => otlp.decode(request, sink),
  },
  {
    name: "Jaeger Thrift, binary",
    requests: batches.map(thriftBatch),
    decode: (request) => thrift.decodeBatch(request, sink),
  },
  {
    name: "Jaeger Thrift, compact",
    requests: batches.map((batch) => thriftPacket("compact", batch)),
    decode: (request) => thrift.decodeMessage(request, sink),
  },
  {
    name: "Jaeger protobuf",
    requests: batches.map((batch) => protobufBatch(batch)),
    decode: (request) => jaeger.decode(request, sink),
  },
  {
    name: "Zipkin protobuf",
    requests: zipkin.map(zipkinProtobuf),
    decode: (request) => zipkinProtobufs.decode(request, sink),
  },
  {
    name: "Zipkin JSON",
    requests: zipkin.map((spans) => Buffer.from(JSON.stringify(spans))),
    decode: (request) => zipkinJson.decode(request, sink),
  },
  {
    name: "Zipkin v1 JSON",
    requests: zipkinV1.map((spans) => Buffer.from(JSON.stringify(spans))),
    decode: (request) => zipkinJson.decode(request, sink),
  },
  {
    name: "Zipkin v1 Thrift",
    requests: zipkinV1.map(zipkinThrift),
    decode: (request) => zipkinThrifts.decode(request, sink),
  },
];

function round({ requests, decode }: Format): number {
  const start = performance.now();
  let spans = 0;
  let elapsedMs = 0;
  while (elapsedMs < ROUND_MS) {
    for (const request of requests) spans += decode(request).spanCount;
    elapsedMs = performance.now() - start;
  }
  return (spans / elapsedMs) * 1000;
}

for (const format of FORMATS) round(format);
const rates = FORMATS.map((): number[] => []);
for (let n = 0; n < ROUNDS; n++) {
  for (const [i, format] of FORMATS.entries()) rates[i]?.push(round(format));
}
const thousands = (rate: number | undefined) => `${Math.round((rate ?? 0) / 1000)} k`;
console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`);
for (const [i, { name, requests }] of FORMATS.entries()) {
  const sorted = (rates[i] ?? []).sort((a, b) => a - b);
  const sizeBytes = requests.reduce((sum, request) => sum + request.length, 0);
  console.log(
    `${name}, ${Math.round(sizeBytes / REQUESTS / SPANS_PER_REQUEST)} B a span, 8 attributes, one thread: ` +
      `median ${thousands(sorted[ROUNDS >> 1])} spans/s (${thousands(sorted[0])} to ${thousands(sorted[ROUNDS - 1])}, ${ROUNDS} rounds)`,
  );
}
