// A span of Zipkin's version 1 as the spans that it is in version 2. Version 1 tells a call by core annotations (client
// send, server receive, …), each with the endpoint that logged it: one span holds both sides, and they are taken apart
// here as Zipkin does it (https://github.com/openzipkin/zipkin, V1SpanConverter), but for one thing: a core annotation at
// a time that is neither start nor end is not lost.

import { SpanKind, type SpanSink } from "@culprit/trace-model";
import type { OutcomeCount } from "./decode-outcome.ts";
import { isText, TagType } from "./jaeger-tag-table.ts";
import type { NanoHalves } from "./nano-halves.ts";
import { Annotation, BinaryAnnotation, Endpoint, type ZipkinPlaces } from "./zipkin-places.ts";
import type { ZipkinSpanWriter } from "./zipkin-span-writer.ts";
import { type ZipkinV1Part, ZipkinV1Parts } from "./zipkin-v1-parts.ts";

/** The part of annotations that are told by kind, times and addresses instead. */
const NO_PART = -1;

const encoder = new TextEncoder();
const bytesOf = (text: string): Uint8Array => encoder.encode(text);

const CORES = ["cs", "cr", "ss", "sr", "ms", "mr", "ws", "wr"] as const;
type Core = (typeof CORES)[number];
const CORE_BYTES = CORES.map(bytesOf);
/** Not of "wire send" and "wire receive", which only say when a message left a producer and came to a consumer. */
const KIND_OF_CORE: { readonly [core in Core]?: SpanKind } = {
  cs: SpanKind.client,
  cr: SpanKind.client,
  ss: SpanKind.server,
  sr: SpanKind.server,
  ms: SpanKind.producer,
  mr: SpanKind.consumer,
};

const ADDRESSES = ["ca", "sa", "ma"] as const;
const ADDRESS_BYTES = ADDRESSES.map(bytesOf);
/** Rows of endpoints: of the client, of the server and of the broker that were called. */
type Addresses = { [address in (typeof ADDRESSES)[number]]?: number };
/** The value of an address is the truth; some clients write it as text. */
const TRUTHS = ["true", "1", "\u0001"].map(bytesOf);
/** Marks the span of a local component, whose name is its value. */
const LOCAL_COMPONENT = bytesOf("lc");

interface Moment {
  readonly nanos: bigint;
  readonly endpoint: number;
}

type Moments = { [core in Core]?: Moment | undefined };

/** Writes the spans that a span of version 1 is; the places then hold the last of them. */
export function writeZipkinV1(
  span: ZipkinPlaces,
  writer: ZipkinSpanWriter,
  sink: SpanSink,
  count: OutcomeCount,
): void {
  const conversion = new Conversion(span);
  for (const part of conversion.parts()) {
    conversion.fill(part);
    writer.write(span, sink, count);
  }
}

class Conversion {
  readonly #span: ZipkinPlaces;
  readonly #parts: ZipkinV1Parts;
  readonly #moments: Moments = {};
  /** As the span says itself; 0 where it does not. */
  readonly #start: bigint;
  readonly #duration: bigint;
  /** The parts of receivers that are not found by their service. */
  #server: ZipkinV1Part | undefined;
  #consumer: ZipkinV1Part | undefined;

  constructor(span: ZipkinPlaces) {
    this.#span = span;
    this.#parts = new ZipkinV1Parts(span);
    this.#start = nanosOf(span.start);
    this.#duration = nanosOf(span.duration);
  }

  parts(): readonly ZipkinV1Part[] {
    this.#annotations();
    this.#calls();
    this.#messages();
    this.#keepUntold();
    this.#remotes(this.#binaryAnnotations());
    return this.#parts.all;
  }

  /** Makes the places those of a part. */
  fill(part: ZipkinV1Part): void {
    const span = this.#span;
    span.part = part.number;
    span.local = part.local;
    span.remote = part.remote;
    span.kind = part.kind;
    span.isShared = part.isShared;
    span.start.set(part.start);
    span.duration.set(part.duration);
    if (part !== this.#parts.first) span.tags.reset(span.bytes);
    const { cells, columns, length } = span.binaryAnnotations;
    for (let row = 0, at = 0; row < length; row++, at += columns) {
      if (cells[at + BinaryAnnotation.part] !== part.number) continue;
      span.tags.add(
        cells[at + BinaryAnnotation.keyStart] as number,
        cells[at + BinaryAnnotation.keyEnd] as number,
        cells[at + BinaryAnnotation.type] as number,
        cells[at + BinaryAnnotation.low] as number,
        cells[at + BinaryAnnotation.high] as number,
      );
    }
  }

  /** Gives each annotation to its part; core ones become moments, if they say who logged them. */
  #annotations(): void {
    const { bytes, annotations } = this.#span;
    const { cells, columns, length } = annotations;
    for (let row = 0, at = 0; row < length; row++, at += columns) {
      const endpoint = cells[at + Annotation.endpoint] as number;
      const part = this.#parts.of(endpoint);
      const start = cells[at + Annotation.valueStart] as number;
      const end = cells[at + Annotation.valueEnd] as number;
      const core = endpoint < 0 ? undefined : coreOf(bytes, start, end);
      cells[at + Annotation.part] = core === undefined ? part.number : NO_PART;
      if (core === undefined) continue;
      part.kind = KIND_OF_CORE[core] ?? part.kind;
      this.#moments[core] = { nanos: timeAt(cells, at), endpoint };
    }
  }

  #calls(): void {
    const { cr, ss } = this.#moments;
    // What translates from events to spans may leave the start to the span.
    this.#moments.cs ??= this.#startBefore(cr);
    this.#moments.sr ??= this.#startBefore(ss);
    const { cs, sr } = this.#moments;
    if (cs !== undefined && sr !== undefined) this.#bothSides(cs, sr);
    else if (cs !== undefined && cr !== undefined) this.#setTimes(cs, cr);
    else if (sr !== undefined && ss !== undefined) this.#setTimes(sr, ss);
    else this.#incomplete();
    // Version 1 says that an id is shared by leaving the times to the client.
    const isTimeless = this.#start === 0n || (ss !== undefined && this.#duration === 0n);
    if (cs === undefined && sr !== undefined && isTimeless) {
      this.#parts.of(sr.endpoint).isShared = true;
    }
  }

  #startBefore(end: Moment | undefined): Moment | undefined {
    const nanos = this.#start;
    if (end === undefined || nanos === 0n || this.#duration === 0n) return undefined;
    if (nanos + this.#duration !== end.nanos) return undefined;
    return { nanos, endpoint: end.endpoint };
  }

  /** The span's own times are the client's. */
  #bothSides(cs: Moment, sr: Moment): void {
    const { cr, ss } = this.#moments;
    this.#setTimes(cs, cr);
    const server = this.#otherSide(cs, SpanKind.client, sr, SpanKind.server);
    this.#server = server;
    server.start = sr.nanos;
    if (ss !== undefined) server.duration = ss.nanos - sr.nanos;
  }

  /** The part of the receiver, also when a service calls itself. */
  #otherSide(from: Moment, fromKind: SpanKind, to: Moment, toKind: SpanKind): ZipkinV1Part {
    const parts = this.#parts;
    let other: ZipkinV1Part;
    if (parts.isSameService(from.endpoint, to.endpoint)) {
      parts.of(from.endpoint).kind = fromKind;
      other = parts.fork(to.endpoint);
      other.kind = toKind;
    } else {
      other = parts.of(to.endpoint);
    }
    other.isShared = true;
    return other;
  }

  #setTimes(begin: Moment, end: Moment | undefined): void {
    const part = this.#parts.of(begin.endpoint);
    if (this.#start !== 0n && this.#duration !== 0n) {
      part.start = this.#start;
      part.duration = this.#duration;
    } else {
      part.start = begin.nanos;
      if (end !== undefined) part.duration = end.nanos - begin.nanos;
    }
  }

  /** Half a call, or none. */
  #incomplete(): void {
    const { cs, sr } = this.#moments;
    for (const part of this.#parts.all) {
      if (part.kind === SpanKind.client) part.start = cs?.nanos ?? part.start;
      if (part.kind === SpanKind.server) part.start = sr?.nanos ?? part.start;
    }
    if (this.#start === 0n) return;
    this.#parts.first.start = this.#start;
    this.#parts.first.duration = this.#duration;
  }

  #messages(): void {
    const { ms, mr, ws, wr } = this.#moments;
    if (ms !== undefined && mr !== undefined) {
      const consumer = this.#otherSide(ms, SpanKind.producer, mr, SpanKind.consumer);
      this.#consumer = consumer;
      consumer.start = wr?.nanos ?? mr.nanos;
      if (wr !== undefined) consumer.duration = mr.nanos - wr.nanos;
      const producer = this.#parts.of(ms.endpoint);
      producer.start = ms.nanos;
      producer.duration = ws === undefined ? 0n : ws.nanos - ms.nanos;
    } else if (ms !== undefined) {
      this.#setTimes(ms, ws);
    } else if (mr !== undefined) {
      if (wr === undefined) this.#setTimes(mr, undefined);
      else this.#setTimes(wr, mr);
    }
  }

  /** Core annotations stay annotations where start and end of their part do not tell them. */
  #keepUntold(): void {
    const { ms, mr } = this.#moments;
    const { bytes, annotations } = this.#span;
    const { cells, columns, length } = annotations;
    for (let row = 0, at = 0; row < length; row++, at += columns) {
      if (cells[at + Annotation.part] !== NO_PART) continue;
      const start = cells[at + Annotation.valueStart] as number;
      const core = coreOf(bytes, start, cells[at + Annotation.valueEnd] as number);
      const part = this.#sideOf(core, cells[at + Annotation.endpoint] as number);
      const nanos = timeAt(cells, at);
      const isOnWire = core === "ws" || core === "wr";
      const isTold = nanos === part.start || nanos === part.start + part.duration;
      const hasMessage = ms !== undefined || mr !== undefined;
      if (!isTold || (isOnWire && !hasMessage)) cells[at + Annotation.part] = part.number;
    }
  }

  #sideOf(core: Core | undefined, endpoint: number): ZipkinV1Part {
    const isServer = core === "sr" || core === "ss";
    const isConsumer = core === "mr" || core === "wr";
    const other = isServer ? this.#server : isConsumer ? this.#consumer : undefined;
    return other ?? this.#parts.of(endpoint);
  }

  /** Gives each tag to its part. @returns what are addresses and no tags */
  #binaryAnnotations(): Addresses {
    const span = this.#span;
    const { bytes } = span;
    const { cells, columns, length } = span.binaryAnnotations;
    const addresses: Addresses = {};
    for (let row = 0, at = 0; row < length; row++, at += columns) {
      const endpoint = cells[at + BinaryAnnotation.endpoint] as number;
      const address = endpoint < 0 ? undefined : addressAt(span, at);
      cells[at + BinaryAnnotation.part] = NO_PART;
      if (address !== undefined) {
        addresses[address] = endpoint;
        continue;
      }
      const part = this.#parts.of(endpoint);
      const keyStart = cells[at + BinaryAnnotation.keyStart] as number;
      const keyEnd = cells[at + BinaryAnnotation.keyEnd] as number;
      const isEmpty =
        cells[at + BinaryAnnotation.type] === TagType.string &&
        cells[at + BinaryAnnotation.low] === cells[at + BinaryAnnotation.high];
      if (isEmpty && isText(bytes, keyStart, keyEnd, LOCAL_COMPONENT)) continue;
      cells[at + BinaryAnnotation.part] = part.number;
    }
    return addresses;
  }

  #remotes({ ca, sa, ma }: Addresses): void {
    const parts = this.#parts;
    const { cs, cr, sr, ss, ms, mr } = this.#moments;
    const client = cs ?? cr;
    const server = sr ?? ss;
    if (client === undefined && server === undefined) {
      if (ca !== undefined && sa !== undefined) {
        parts.of(ca).remote = sa;
      } else if (sa !== undefined) {
        parts.first.remote = sa;
      } else if (ca !== undefined) {
        parts.first.kind = SpanKind.server;
        parts.first.remote = ca;
      }
      if (ca !== undefined || sa !== undefined) return;
    }
    if (ca !== undefined && server !== undefined && !parts.isSame(ca, server.endpoint)) {
      // The socket of the client, under the name of the server.
      const isOwnName = parts.isSameService(ca, server.endpoint);
      parts.of(server.endpoint).remote = isOwnName ? this.#nameless(ca) : ca;
    }
    if (sa !== undefined && client !== undefined) parts.of(client.endpoint).remote = sa;
    if (ma === undefined) return;
    for (const side of [ms, mr]) {
      if (side !== undefined) parts.of(side.endpoint).remote = ma;
    }
  }

  #nameless(endpoint: number): number {
    const span = this.#span;
    const { cells, columns } = span.endpoints;
    const at = endpoint * columns;
    return span.addEndpoint(
      0,
      0,
      cells[at + Endpoint.addressStart] as number,
      cells[at + Endpoint.addressEnd] as number,
      cells[at + Endpoint.isRawAddress] !== 0,
      cells[at + Endpoint.port] as number,
    );
  }
}

function coreOf(bytes: Uint8Array, start: number, end: number): Core | undefined {
  if (end - start !== 2) return undefined;
  return CORES[CORE_BYTES.findIndex((core) => isText(bytes, start, end, core))];
}

/** Nanoseconds of the annotation at `at`. */
function timeAt(cells: Int32Array, at: number): bigint {
  const low = BigInt((cells[at + Annotation.timeLow] as number) >>> 0);
  return (BigInt((cells[at + Annotation.timeHigh] as number) >>> 0) << 32n) | low;
}

/** Of the binary annotation at `at`. */
function addressAt(
  { bytes, binaryAnnotations: { cells } }: ZipkinPlaces,
  at: number,
): (typeof ADDRESSES)[number] | undefined {
  const keyStart = cells[at + BinaryAnnotation.keyStart] as number;
  const keyEnd = cells[at + BinaryAnnotation.keyEnd] as number;
  if (keyEnd - keyStart !== 2) return undefined;
  const address = ADDRESSES[ADDRESS_BYTES.findIndex((key) => isText(bytes, keyStart, keyEnd, key))];
  if (address === undefined) return undefined;
  if (cells[at + BinaryAnnotation.type] === TagType.bool) return address;
  if (cells[at + BinaryAnnotation.type] !== TagType.string) return undefined;
  const start = cells[at + BinaryAnnotation.low] as number;
  const end = cells[at + BinaryAnnotation.high] as number;
  return TRUTHS.some((truth) => isText(bytes, start, end, truth)) ? address : undefined;
}

function nanosOf({ low, high }: NanoHalves): bigint {
  return high < 0 ? 0n : BigInt(high) * 2n ** 32n + BigInt(low);
}
