// A Zipkin span as places in the bytes that it came in: what every encoding of both versions is read into, and what
// `zipkin-span-writer.ts` gives to a sink. Fields come in any order and a sink wants the head first, hence the notes.

import { SpanKind } from "@culprit/trace-model";
import { JaegerTagTable } from "./jaeger-tag-table.ts";
import { NanoHalves } from "./nano-halves.ts";
import { PlaceTable } from "./place-table.ts";

/** In `ids`: 16, 8 and 8 bytes. */
export const TRACE_ID_AT = 0;
export const SPAN_ID_AT = 16;
export const PARENT_ID_AT = 24;
const IDS_SIZE_BYTES = 32;

const NOTHING = new Uint8Array(0);

/** In a row of `endpoints`: a name, an address, either as text or as its 4 or 16 bytes, and a port. */
export const Endpoint = {
  nameStart: 0,
  nameEnd: 1,
  addressStart: 2,
  addressEnd: 3,
  isRawAddress: 4,
  port: 5,
} as const;

/** In a row of `annotations`: halves of a uint64 of nanoseconds, a text, a row of `endpoints` or -1, and its part. */
export const Annotation = {
  timeLow: 0,
  timeHigh: 1,
  valueStart: 2,
  valueEnd: 3,
  endpoint: 4,
  part: 5,
} as const;

/** In a row of `binaryAnnotations`: a key, type and value as a tag table has them, a row of `endpoints` or -1, its part. */
export const BinaryAnnotation = {
  keyStart: 0,
  keyEnd: 1,
  type: 2,
  low: 3,
  high: 4,
  endpoint: 5,
  part: 6,
} as const;

export class ZipkinPlaces {
  /** Of all places. */
  bytes: Uint8Array = NOTHING;
  /** Trace id, span id, parent id; zeros for none. */
  readonly ids: Uint8Array = new Uint8Array(IDS_SIZE_BYTES);
  /** The texts of ids that are not hex. */
  originalTraceIdStart = 0;
  originalTraceIdEnd = 0;
  originalIdStart = 0;
  originalIdEnd = 0;
  nameStart = 0;
  nameEnd = 0;
  kind: SpanKind = SpanKind.unspecified;
  isShared = false;
  isDebug = false;
  /** 0 for none. */
  readonly start: NanoHalves = new NanoHalves();
  readonly duration: NanoHalves = new NanoHalves();
  /** A row of `endpoints`, or -1. */
  local = -1;
  remote = -1;
  readonly endpoints: PlaceTable = new PlaceTable(6);
  readonly annotations: PlaceTable = new PlaceTable(6);
  readonly tags: JaegerTagTable = new JaegerTagTable();
  /** Version 1: annotations have endpoints of their own, and `zipkin-v1-parts.ts` makes spans of it. */
  isV1 = false;
  readonly binaryAnnotations: PlaceTable = new PlaceTable(7);
  /** Of several spans that were one in version 1, the number of this one: its annotations are those of this part. */
  part = 0;
  readonly #time = new DataView(new ArrayBuffer(8));

  /** For the next span, which lies in these bytes. */
  reset(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.ids.fill(0);
    this.originalTraceIdStart = this.originalTraceIdEnd = 0;
    this.originalIdStart = this.originalIdEnd = 0;
    this.nameStart = this.nameEnd = 0;
    this.kind = SpanKind.unspecified;
    this.isShared = this.isDebug = this.isV1 = false;
    this.start.clear();
    this.duration.clear();
    this.local = this.remote = -1;
    this.endpoints.clear();
    this.annotations.clear();
    this.binaryAnnotations.clear();
    this.tags.reset(bytes);
    this.part = 0;
  }

  /** Lets go of the input. */
  release(): void {
    this.reset(NOTHING);
  }

  /** @returns its row */
  addEndpoint(
    nameStart: number,
    nameEnd: number,
    addressStart: number,
    addressEnd: number,
    isRawAddress: boolean,
    port: number,
  ): number {
    const at = this.endpoints.add();
    const { cells } = this.endpoints;
    cells[at + Endpoint.nameStart] = nameStart;
    cells[at + Endpoint.nameEnd] = nameEnd;
    cells[at + Endpoint.addressStart] = addressStart;
    cells[at + Endpoint.addressEnd] = addressEnd;
    cells[at + Endpoint.isRawAddress] = isRawAddress ? 1 : 0;
    cells[at + Endpoint.port] = port;
    return this.endpoints.length - 1;
  }

  addAnnotation(time: NanoHalves, valueStart: number, valueEnd: number, endpoint = -1): void {
    time.put(this.#time, 0);
    const at = this.annotations.add();
    const { cells } = this.annotations;
    cells[at + Annotation.timeLow] = this.#time.getInt32(0, true);
    cells[at + Annotation.timeHigh] = this.#time.getInt32(4, true);
    cells[at + Annotation.valueStart] = valueStart;
    cells[at + Annotation.valueEnd] = valueEnd;
    cells[at + Annotation.endpoint] = endpoint;
    cells[at + Annotation.part] = 0;
  }

  addBinaryAnnotation(
    keyStart: number,
    keyEnd: number,
    type: number,
    low: number,
    high: number,
    endpoint: number,
  ): void {
    const at = this.binaryAnnotations.add();
    const { cells } = this.binaryAnnotations;
    cells[at + BinaryAnnotation.keyStart] = keyStart;
    cells[at + BinaryAnnotation.keyEnd] = keyEnd;
    cells[at + BinaryAnnotation.type] = type;
    cells[at + BinaryAnnotation.low] = low;
    cells[at + BinaryAnnotation.high] = high;
    cells[at + BinaryAnnotation.endpoint] = endpoint;
    cells[at + BinaryAnnotation.part] = 0;
  }
}
