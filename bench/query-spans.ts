// The spans of `npm run bench:query`, in the shape that Jaeger's load generator gave to published measurements: traces of
// ten spans, each with 11 attributes of 97 keys and 1000 values; here over many services and operations. Everything
// follows from a trace's number, so that a folder which was filled earlier can be asked without being read first.

import {
  type AttributeValue,
  NO_ATTRIBUTES,
  newSpanHead,
  type Resource,
  type SpanSink,
} from "@culprit/trace-model";

export const SPANS_PER_TRACE = 10;
export const START_UNIX_NANO = 1_767_960_000_000_000_000n;
/** From one trace to the next: a million of them are a day. */
export const TRACE_EVERY_NANOS = 86_400_000;
export const SERVICES = 40;
export const OPERATIONS_PER_SERVICE = 25;
const INSTANCES_PER_SERVICE = 3;
const ATTRIBUTES_PER_SPAN = 11;
export const KEYS = 97;
export const VALUES = 1000;
/** Of a root's duration: one trace in so many seconds lasts 10 ms times as many. */
const SHORTEST_NANOS = 10_000_000;
const LONGEST_NANOS = 100_000_000_000;

const SERVER = 2;
const CLIENT = 3;
const ERROR = 2;

export const serviceName = (service: number): string =>
  `service-${String(service).padStart(2, "0")}`;
export const operationName = (service: number, operation: number): string =>
  `${operation % 3 === 0 ? "POST" : "GET"} /api/v1/${serviceName(service)}/route-${operation}`;
export const attributeKey = (key: number): string => `attr_${String(key).padStart(2, "0")}`;
export const attributeValue = (value: number): string => `val_${String(value).padStart(2, "0")}`;

/** Uniform in [0, 1), a function of two numbers. */
export function draw(n: number, salt: number): number {
  return word(n, salt) / 2 ** 32;
}

/** 32 bits of the murmur3 finalizer. https://github.com/aappleby/smhasher */
function word(n: number, salt: number): number {
  let bits = Math.imul(n ^ Math.imul(salt + 1, 0x9e3779b1), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13) ^ salt, 0xc2b2ae35);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  return (bits ^ (bits >>> 13)) >>> 0;
}

/** Hex digits of the n-th trace's id. */
export function traceId(n: number): string {
  const bytes = Buffer.alloc(16);
  putTraceId(bytes, n);
  return bytes.toString("hex");
}

function putTraceId(bytes: Buffer, n: number): void {
  for (let i = 0; i < 4; i++) bytes.writeUInt32LE(word(n, 100 + i), i * 4);
}

export function startOf(n: number): bigint {
  return START_UNIX_NANO + BigInt(n) * BigInt(TRACE_EVERY_NANOS);
}

function resourceOf(service: number, instance: number): Resource {
  const name = serviceName(service);
  return {
    attributes: new Map<string, AttributeValue>([
      ["service.name", name],
      ["service.version", "1.14.2"],
      ["service.instance.id", `${name}-7d9c6b5f4-${instance}`],
      ["host.name", `node-${(service * 7 + instance) % 20}.cluster.local`],
      ["process.pid", BigInt(4711 + service)],
      ["telemetry.sdk.language", "nodejs"],
    ]),
    droppedAttributesCount: 0,
    schemaUrl: "",
  };
}

const RESOURCES = Array.from({ length: SERVICES }, (_, service) =>
  Array.from({ length: INSTANCES_PER_SERVICE }, (_, instance) => resourceOf(service, instance)),
);

const SCOPE = {
  name: "@opentelemetry/instrumentation-http",
  version: "0.205.0",
  attributes: NO_ATTRIBUTES,
  droppedAttributesCount: 0,
  schemaUrl: "",
};

/** Where a text lies in the generator's bytes. */
type Place = readonly [start: number, end: number];

export class QuerySpans {
  readonly #bytes: Buffer;
  readonly #keys: readonly Place[];
  readonly #values: readonly Place[];
  readonly #operations: readonly Place[];
  readonly #head = newSpanHead();
  readonly #starts = new Float64Array(SPANS_PER_TRACE);
  readonly #durations = new Float64Array(SPANS_PER_TRACE);
  readonly #services = new Uint8Array(SPANS_PER_TRACE);

  constructor() {
    const texts: string[] = [];
    let at = SPAN_ID + SPANS_PER_TRACE * 8;
    const place = (text: string): Place => {
      texts.push(text);
      at += text.length;
      return [at - text.length, at];
    };
    this.#keys = Array.from({ length: KEYS }, (_, key) => place(attributeKey(key)));
    this.#values = Array.from({ length: VALUES }, (_, value) => place(attributeValue(value)));
    this.#operations = Array.from({ length: SERVICES * OPERATIONS_PER_SERVICE }, (_, i) =>
      place(operationName(Math.floor(i / OPERATIONS_PER_SERVICE), i % OPERATIONS_PER_SERVICE)),
    );
    this.#bytes = Buffer.concat([
      Buffer.alloc(SPAN_ID + SPANS_PER_TRACE * 8),
      Buffer.from(texts.join(""), "latin1"),
    ]);
  }

  /** The spans of the n-th trace. */
  write(n: number, sink: SpanSink): void {
    const bytes = this.#bytes;
    putTraceId(bytes, n);
    for (let i = 0; i < SPANS_PER_TRACE; i++) {
      bytes.writeUInt32LE(word(n, 200 + i), SPAN_ID + i * 8);
      bytes.writeUInt32LE(word(n, 300 + i), SPAN_ID + i * 8 + 4);
    }
    sink.scope(SCOPE);
    for (let i = 0; i < SPANS_PER_TRACE; i++) this.#span(n, i, sink);
  }

  #span(n: number, i: number, sink: SpanSink): void {
    const bytes = this.#bytes;
    const head = this.#head;
    this.#place(n, i);
    const service = this.#services[i] as number;
    const instance = Math.floor(draw(n, 500 + service) * INSTANCES_PER_SERVICE);
    sink.resource(RESOURCES[service]?.[instance] as Resource);
    const start = startOf(n) + BigInt(this.#starts[i] as number);
    bytes.writeBigUInt64LE(start, START);
    bytes.writeBigUInt64LE(start + BigInt(this.#durations[i] as number), END);
    const operation = Math.floor(draw(n, 600 + i) * OPERATIONS_PER_SERVICE);
    const [nameStart, nameEnd] = this.#operations[
      service * OPERATIONS_PER_SERVICE + operation
    ] as Place;
    head.bytes = bytes;
    head.traceIdAt = 0;
    head.spanIdAt = SPAN_ID + i * 8;
    head.parentSpanIdAt = i === 0 ? -1 : SPAN_ID;
    head.flags = 257;
    head.nameStart = nameStart;
    head.nameEnd = nameEnd;
    head.kind = i % 2 === 0 ? SERVER : CLIENT;
    head.startUnixNanoAt = START;
    head.endUnixNanoAt = END;
    head.statusCode = draw(n, 700 + i) < 0.02 ? ERROR : 0;
    sink.beginSpan(head);
    const first = (n * SPANS_PER_TRACE + i) * ATTRIBUTES_PER_SPAN;
    for (let a = first; a < first + ATTRIBUTES_PER_SPAN; a++) {
      const [keyStart, keyEnd] = this.#keys[a % KEYS] as Place;
      const [valueStart, valueEnd] = this.#values[a % VALUES] as Place;
      sink.stringAttribute(bytes, keyStart, keyEnd, valueStart, valueEnd);
    }
    sink.endSpan();
  }

  /** Inside the root, of whose service it often is. */
  #place(n: number, i: number): void {
    const isLocal = i > 0 && draw(n, 800 + i) < 0.4;
    this.#services[i] = isLocal
      ? (this.#services[0] as number)
      : Math.floor(draw(n, 900 + i) * SERVICES);
    if (i === 0) {
      this.#starts[i] = Math.floor(draw(n, 1000) * TRACE_EVERY_NANOS);
      this.#durations[i] = Math.floor(
        Math.min(SHORTEST_NANOS / (1 - draw(n, 1001)), LONGEST_NANOS),
      );
      return;
    }
    const room = this.#durations[0] as number;
    const duration = Math.floor(room * draw(n, 1100 + i));
    this.#durations[i] = duration;
    this.#starts[i] =
      (this.#starts[0] as number) + Math.floor((room - duration) * draw(n, 1200 + i));
  }
}

/** What the generator's bytes begin with: a trace's id, the two times of a span, the ids of all spans. */
const START = 16;
const END = 24;
const SPAN_ID = 32;
