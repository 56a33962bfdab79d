// A Zipkin span in OTLP's terms, into a sink: the one mapping, whatever the span was encoded in. Tags stay where they
// lie; what has a key of ours is put beside it in scratch bytes, since a sink reads key and value from one array.

import { SpanKind, type SpanSink } from "@culprit/trace-model";
import type { OutcomeCount } from "./decode-outcome.ts";
import { ORIGINAL_ID_KEY, ORIGINAL_TRACE_ID_KEY } from "./foreign-id.ts";
import { JaegerTagFields } from "./jaeger-tag-fields.ts";
import { ScratchBytes, type TextPlace } from "./scratch-bytes.ts";
import { addressText } from "./zipkin-address.ts";
import {
  CALLEE_KEYS,
  CALLER_KEYS,
  DEBUG_KEY,
  type EndpointKeys,
  LOCAL_KEYS,
  PEER_SERVICE_KEY,
  SHARED_KEY,
} from "./zipkin-json.ts";
import {
  Annotation,
  Endpoint,
  PARENT_ID_AT,
  SPAN_ID_AT,
  TRACE_ID_AT,
  type ZipkinPlaces,
} from "./zipkin-places.ts";
import { ZipkinProcess } from "./zipkin-process.ts";
import { ZipkinSpanHead } from "./zipkin-span-head.ts";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

interface EndpointKeyPlaces {
  readonly address: TextPlace;
  readonly port: TextPlace;
}

export class ZipkinSpanWriter {
  readonly #process = new ZipkinProcess();
  readonly #fields = new JaegerTagFields();
  readonly #scratch = new ScratchBytes();
  readonly #head = new ZipkinSpanHead(this.#scratch, this.#fields);
  readonly #localKeys = this.#fixedKeys(LOCAL_KEYS);
  readonly #calleeKeys = this.#fixedKeys(CALLEE_KEYS);
  readonly #callerKeys = this.#fixedKeys(CALLER_KEYS);
  readonly #peerServiceKey = this.#scratch.fixed(PEER_SERVICE_KEY);
  readonly #sharedKey = this.#scratch.fixed(SHARED_KEY);
  readonly #debugKey = this.#scratch.fixed(DEBUG_KEY);
  readonly #originalIdKey = this.#scratch.fixed(ORIGINAL_ID_KEY);
  readonly #originalTraceIdKey = this.#scratch.fixed(ORIGINAL_TRACE_ID_KEY);

  /** Before an input, and after it: lets go of it. */
  reset(): void {
    this.#process.reset();
    this.#head.release();
  }

  /** A span without an id is left out and counted: ask before it is written. */
  accepts({ bytes, ids, nameStart, nameEnd }: ZipkinPlaces, count: OutcomeCount): boolean {
    const hasTraceId = !isZero(ids, TRACE_ID_AT, SPAN_ID_AT);
    if (hasTraceId && !isZero(ids, SPAN_ID_AT, PARENT_ID_AT)) return true;
    const isFirst = count.rejectedSpanCount === 0;
    const name = isFirst ? textOf(bytes, nameStart, nameEnd) : "";
    count.reject(isFirst ? `a span without ${hasTraceId ? "an id" : "a traceId"} ("${name}")` : "");
    return false;
  }

  write(span: ZipkinPlaces, sink: SpanSink, count: OutcomeCount): void {
    count.spanCount++;
    const { tags } = span;
    this.#fields.take(tags);
    this.#process.tell(span, this.#fields, sink);
    const head = this.#head.read(span);
    sink.beginSpan(head);
    this.#address(span, span.local, this.#localKeys, sink);
    this.#peer(span, head.kind === SpanKind.server ? this.#callerKeys : this.#calleeKeys, sink);
    for (let row = 0; row < tags.length; row++) {
      if (!this.#fields.isTaken(tags.meaning(row))) tags.emit(row, sink);
    }
    this.#ownAttributes(span, sink);
    this.#events(span, sink);
    sink.endSpan();
  }

  #address(span: ZipkinPlaces, row: number, keys: EndpointKeyPlaces, sink: SpanSink): void {
    if (row < 0) return;
    const { cells, columns } = span.endpoints;
    const at = row * columns;
    const start = cells[at + Endpoint.addressStart] as number;
    const end = cells[at + Endpoint.addressEnd] as number;
    if (start < end) {
      const isRaw = cells[at + Endpoint.isRawAddress] !== 0;
      if (isRaw) this.#textAttribute(keys.address, addressText(span.bytes, start, end), sink);
      else this.#attribute(keys.address, span.bytes, start, end, sink);
    }
    const port = cells[at + Endpoint.port] as number;
    const { bytes } = this.#scratch;
    if (port !== 0) sink.intAttribute(bytes, keys.port.start, keys.port.end, port, 0);
  }

  #peer(span: ZipkinPlaces, keys: EndpointKeyPlaces, sink: SpanSink): void {
    const { remote } = span;
    if (remote < 0) return;
    this.#address(span, remote, keys, sink);
    const { cells, columns } = span.endpoints;
    const start = cells[remote * columns + Endpoint.nameStart] as number;
    const end = cells[remote * columns + Endpoint.nameEnd] as number;
    if (start < end) this.#attribute(this.#peerServiceKey, span.bytes, start, end, sink);
  }

  /** What only Zipkin has, and ids that were hashed. */
  #ownAttributes(span: ZipkinPlaces, sink: SpanSink): void {
    const { bytes } = this.#scratch;
    const shared = this.#sharedKey;
    const debug = this.#debugKey;
    if (span.isShared) sink.boolAttribute(bytes, shared.start, shared.end, true);
    if (span.isDebug) sink.boolAttribute(bytes, debug.start, debug.end, true);
    const { originalIdStart, originalIdEnd, originalTraceIdStart, originalTraceIdEnd } = span;
    if (originalIdStart < originalIdEnd) {
      this.#attribute(this.#originalIdKey, span.bytes, originalIdStart, originalIdEnd, sink);
    }
    if (originalTraceIdStart < originalTraceIdEnd) {
      const key = this.#originalTraceIdKey;
      this.#attribute(key, span.bytes, originalTraceIdStart, originalTraceIdEnd, sink);
    }
  }

  #events({ bytes, annotations, part }: ZipkinPlaces, sink: SpanSink): void {
    const { cells, columns, length } = annotations;
    const scratch = this.#scratch;
    for (let row = 0, at = 0; row < length; row++, at += columns) {
      if (cells[at + Annotation.part] !== part) continue;
      scratch.clear();
      const timeAt = scratch.room(8);
      scratch.view.setInt32(timeAt, cells[at + Annotation.timeLow] as number, true);
      scratch.view.setInt32(timeAt + 4, cells[at + Annotation.timeHigh] as number, true);
      const start = cells[at + Annotation.valueStart] as number;
      const end = cells[at + Annotation.valueEnd] as number;
      const nameStart = scratch.copy(bytes, start, end);
      sink.beginEvent(scratch.bytes, timeAt, nameStart, scratch.length, 0);
      sink.endEvent();
    }
  }

  #attribute(key: TextPlace, bytes: Uint8Array, start: number, end: number, sink: SpanSink): void {
    const scratch = this.#scratch;
    scratch.clear();
    const valueStart = scratch.copy(bytes, start, end);
    sink.stringAttribute(scratch.bytes, key.start, key.end, valueStart, scratch.length);
  }

  #textAttribute(key: TextPlace, text: string, sink: SpanSink): void {
    const scratch = this.#scratch;
    scratch.clear();
    const valueStart = scratch.text(text);
    sink.stringAttribute(scratch.bytes, key.start, key.end, valueStart, scratch.length);
  }

  #fixedKeys(keys: EndpointKeys): EndpointKeyPlaces {
    return { address: this.#scratch.fixed(keys.address), port: this.#scratch.fixed(keys.port) };
  }
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return start === end ? "" : utf8.decode(bytes.subarray(start, end));
}

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (bytes[i] !== 0) return false;
  }
  return true;
}
