// The same spans as each door takes them, and bodies of them that can be made new ones in place.

import type { DoorName } from "@culprit/server";
import type { Span } from "@culprit/trace-model";
import { encodeOtlpProtobuf } from "@culprit/wire";
import { protobufBatch, thriftBatch, thriftPacket } from "../packages/wire/test/jaeger-batch.ts";
import { zipkinProtobuf } from "../packages/wire/test/zipkin-encodings.ts";
import { jaegerBatch, zipkinSpans } from "./foreign-spans.ts";
import { makeSpans, SPANS_PER_REQUEST } from "./ingest-spans.ts";

interface Request {
  readonly path: string;
  readonly contentType: string;
}

export interface DoorFormat {
  readonly name: string;
  readonly door: DoorName;
  /** How it comes; the method of a gRPC call by its path. */
  readonly transport: "packets" | { readonly http: Request } | { readonly grpc: string };
  readonly encode: (spans: readonly Span[]) => Uint8Array;
  /** The upper half of a trace id as it stands in a body; those of two generations are of one length. */
  readonly idBytes: (generation: number) => Uint8Array;
}

const http = (path: string, contentType: string) => ({ http: { path, contentType } });

/** The first is what the others are measured by. */
export const DOOR_FORMATS: readonly DoorFormat[] = [
  {
    name: "OTLP protobuf",
    door: "otlp-http",
    transport: http("/v1/traces", "application/x-protobuf"),
    encode: encodeOtlpProtobuf,
    idBytes: plainId,
  },
  {
    name: "Jaeger Thrift HTTP",
    door: "jaeger-http",
    transport: http("/api/traces", "application/x-thrift"),
    encode: (spans) => thriftBatch(jaegerBatch(spans)),
    idBytes: plainId,
  },
  {
    name: "Zipkin protobuf",
    door: "zipkin",
    transport: http("/api/v2/spans", "application/x-protobuf"),
    encode: (spans) => zipkinProtobuf(zipkinSpans(spans)),
    idBytes: plainId,
  },
  {
    name: "Zipkin JSON",
    door: "zipkin",
    transport: http("/api/v2/spans", "application/json"),
    encode: (spans) => Buffer.from(JSON.stringify(zipkinSpans(spans))),
    idBytes: (generation) => Buffer.from(upperHalf(generation)),
  },
  {
    name: "Jaeger Thrift UDP",
    door: "jaeger-compact",
    transport: "packets",
    encode: (spans) => thriftPacket("compact", jaegerBatch(spans)),
    idBytes: compactId,
  },
  {
    name: "Jaeger gRPC",
    door: "jaeger-grpc",
    transport: { grpc: "/jaeger.api_v2.CollectorService/PostSpans" },
    encode: (spans) => protobufBatch(jaegerBatch(spans)),
    idBytes: plainId,
  },
];

/** Begins with 7, so that it is a positive number of 64 bits, and in Thrift's compact form of ten bytes. */
function upperHalf(generation: number): string {
  return (0x7e57n * 2n ** 48n + BigInt(generation)).toString(16);
}

function plainId(generation: number): Uint8Array {
  return Buffer.from(upperHalf(generation), "hex");
}

/** A number of 64 bits in zigzag, seven bits a byte. */
function compactId(generation: number): Uint8Array {
  let rest = BigInt(`0x${upperHalf(generation)}`) * 2n;
  const bytes: number[] = [];
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/** What a client fills a packet up to, for the most; the largest that UDP can carry is 65,507. */
const MAX_PACKET_BYTES = 65_000;

export class DoorBody {
  readonly bytes: Buffer;
  readonly spanCount: number;
  readonly #idBytes: DoorFormat["idBytes"];
  readonly #places: readonly number[];

  constructor(format: DoorFormat) {
    let spans = makeSpans(SPANS_PER_REQUEST, BigInt(Date.now()) * 1_000_000n).map(
      (span): Span => ({ ...span, traceId: upperHalf(0) + span.traceId.slice(16) }),
    );
    let bytes = format.encode(spans);
    while (format.transport === "packets" && bytes.length > MAX_PACKET_BYTES) {
      spans = spans.slice(0, Math.floor((spans.length * MAX_PACKET_BYTES) / bytes.length) - 1);
      bytes = format.encode(spans);
    }
    this.bytes = Buffer.from(bytes);
    this.spanCount = spans.length;
    this.#idBytes = format.idBytes;
    this.#places = placesOf(this.bytes, format.idBytes(0));
    if (this.#places.length < spans.length) throw new Error(`${format.name}: ids are missing`);
  }

  /** Other trace ids; all else as it was. @param generation differs at each call of one run */
  renew(generation: number): void {
    const id = this.#idBytes(generation);
    for (const at of this.#places) this.bytes.set(id, at);
  }
}

function placesOf(body: Buffer, bytes: Uint8Array): number[] {
  const places: number[] = [];
  for (let at = body.indexOf(bytes); at >= 0; at = body.indexOf(bytes, at + bytes.length)) {
    places.push(at);
  }
  return places;
}
