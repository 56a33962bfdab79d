// Zipkin's JSON into a sink without an object per span: version 2, and version 1, told apart span by span. The two halves
// of a shared span keep their one id: taking them apart is the trace's matter, not the wire's.
// https://zipkin.io/zipkin-api/

import { putHex, SpanKind, type SpanSink } from "@culprit/trace-model";
import { type DecodeOutcome, OutcomeCount } from "./decode-outcome.ts";
import { foreignId } from "./foreign-id.ts";
import { kindOfName } from "./foreign-tags.ts";
import { putPaddedHex } from "./hex-digits.ts";
import { TagType } from "./jaeger-tag-table.ts";
import { CLOSE_ARRAY, CLOSE_OBJECT, JsonCursor, OPEN_ARRAY } from "./json-cursor.ts";
import { NanoHalves } from "./nano-halves.ts";
import { readEndpoint, readMicros } from "./zipkin-json-values.ts";
import { PARENT_ID_AT, SPAN_ID_AT, TRACE_ID_AT, ZipkinPlaces } from "./zipkin-places.ts";
import { ZipkinSpanWriter } from "./zipkin-span-writer.ts";
import { writeZipkinV1 } from "./zipkin-v1-spans.ts";
import { ZipkinV1Value } from "./zipkin-v1-value.ts";

const encoder = new TextEncoder();
const bytesOf = (text: string): Uint8Array => encoder.encode(text);

const KEY = {
  id: bytesOf("id"),
  name: bytesOf("name"),
  kind: bytesOf("kind"),
  tags: bytesOf("tags"),
  debug: bytesOf("debug"),
  shared: bytesOf("shared"),
  traceId: bytesOf("traceId"),
  parentId: bytesOf("parentId"),
  duration: bytesOf("duration"),
  timestamp: bytesOf("timestamp"),
  annotations: bytesOf("annotations"),
  localEndpoint: bytesOf("localEndpoint"),
  remoteEndpoint: bytesOf("remoteEndpoint"),
  binaryAnnotations: bytesOf("binaryAnnotations"),
  value: bytesOf("value"),
  endpoint: bytesOf("endpoint"),
  key: bytesOf("key"),
  type: bytesOf("type"),
} as const;

const KINDS: readonly (readonly [Uint8Array, SpanKind])[] = [
  [bytesOf("CLIENT"), SpanKind.client],
  [bytesOf("SERVER"), SpanKind.server],
  [bytesOf("PRODUCER"), SpanKind.producer],
  [bytesOf("CONSUMER"), SpanKind.consumer],
];

/** Keep one for many requests. Not reentrant: a sink must not call `decode` of the decoder that calls it. */
export class ZipkinJsonDecoder {
  readonly #cursor = new JsonCursor();
  readonly #writer = new ZipkinSpanWriter();
  readonly #span = new ZipkinPlaces();
  readonly #time = new NanoHalves();
  readonly #value = new ZipkinV1Value();

  /**
   * An array of spans, an array of such arrays (traces, as Zipkin's search answers), or one span. A span without an id
   * is left out and counted.
   * @throws {WireError} when it is not such a document; the sink then may have been given a part of it.
   */
  decode(bytes: Uint8Array, sink: SpanSink): DecodeOutcome {
    const cursor = this.#cursor;
    const count = new OutcomeCount();
    cursor.reset(bytes);
    this.#writer.reset();
    try {
      if (cursor.peek() !== OPEN_ARRAY) this.#readSpan(sink, count);
      else this.#spans(sink, count, true);
      cursor.end();
    } finally {
      cursor.release();
      this.#writer.reset();
      this.#span.release();
    }
    return count.outcome();
  }

  #spans(sink: SpanSink, count: OutcomeCount, isOuter: boolean): void {
    const cursor = this.#cursor;
    for (let more = cursor.array(); more; more = cursor.more(CLOSE_ARRAY)) {
      if (isOuter && cursor.peek() === OPEN_ARRAY) this.#spans(sink, count, false);
      else this.#readSpan(sink, count);
    }
  }

  #readSpan(sink: SpanSink, count: OutcomeCount): void {
    const cursor = this.#cursor;
    const span = this.#span;
    span.reset(cursor.bytes);
    for (let more = cursor.object(); more; more = cursor.more(CLOSE_OBJECT)) {
      cursor.key();
      if (!this.#field()) cursor.skip();
    }
    if (!this.#writer.accepts(span, count)) return;
    if (span.isV1) writeZipkinV1(span, this.#writer, sink, count);
    else this.#writer.write(span, sink, count);
  }

  /** The value after a key. @returns false when the key is not known, and nothing is passed over */
  #field(): boolean {
    const cursor = this.#cursor;
    const span = this.#span;
    switch (cursor.textEnd - cursor.textStart) {
      case 2:
        return cursor.is(KEY.id) && this.#id(SPAN_ID_AT, 8);
      case 4:
        if (cursor.is(KEY.name)) return this.#name();
        if (cursor.is(KEY.kind)) return this.#kind();
        return cursor.is(KEY.tags) && this.#tags();
      case 5:
        if (!cursor.is(KEY.debug)) return false;
        span.isDebug = cursor.skip();
        return true;
      case 6:
        if (!cursor.is(KEY.shared)) return false;
        span.isShared = cursor.skip();
        return true;
      case 7:
        return cursor.is(KEY.traceId) && this.#id(TRACE_ID_AT, 16);
      case 8:
        if (cursor.is(KEY.parentId)) return this.#id(PARENT_ID_AT, 8);
        return cursor.is(KEY.duration) && readMicros(cursor, span.duration);
      case 9:
        return cursor.is(KEY.timestamp) && readMicros(cursor, span.start);
      case 11:
        return cursor.is(KEY.annotations) && this.#annotations();
      case 13:
        if (!cursor.is(KEY.localEndpoint)) return false;
        span.local = readEndpoint(cursor, span);
        return true;
      case 14:
        if (!cursor.is(KEY.remoteEndpoint)) return false;
        span.remote = readEndpoint(cursor, span);
        return true;
      case 17:
        return cursor.is(KEY.binaryAnnotations) && this.#binaryAnnotations();
      default:
        return false;
    }
  }

  #id(at: number, sizeBytes: 8 | 16): true {
    const cursor = this.#cursor;
    const span = this.#span;
    cursor.text();
    const start = cursor.textStart;
    let end = start;
    if (!putPaddedHex(cursor.bytes, start, cursor.textEnd, span.ids, at, sizeBytes)) {
      const { id, isHashed } = foreignId(cursor.textValue(), sizeBytes === 8 ? 16 : 32);
      putHex(id.padStart(sizeBytes * 2, "0"), span.ids, at);
      if (isHashed) end = cursor.textEnd;
    }
    if (at === TRACE_ID_AT) {
      span.originalTraceIdStart = start;
      span.originalTraceIdEnd = end;
    } else if (at === SPAN_ID_AT) {
      span.originalIdStart = start;
      span.originalIdEnd = end;
    }
    return true;
  }

  #name(): true {
    const cursor = this.#cursor;
    cursor.text();
    this.#span.nameStart = cursor.textStart;
    this.#span.nameEnd = cursor.textEnd;
    return true;
  }

  #kind(): true {
    const cursor = this.#cursor;
    cursor.text();
    const known = KINDS.find(([name]) => cursor.is(name));
    this.#span.kind = known?.[1] ?? kindOfName(cursor.textValue()) ?? SpanKind.unspecified;
    return true;
  }

  #tags(): true {
    const cursor = this.#cursor;
    const { tags } = this.#span;
    tags.reset(cursor.bytes);
    if (cursor.null()) return true;
    for (let more = cursor.object(); more; more = cursor.more(CLOSE_OBJECT)) {
      cursor.key();
      const { textStart, textEnd } = cursor;
      cursor.scalar();
      tags.add(textStart, textEnd, TagType.string, cursor.textStart, cursor.textEnd);
    }
    return true;
  }

  #annotations(): true {
    const cursor = this.#cursor;
    this.#span.annotations.clear();
    if (cursor.null()) return true;
    for (let more = cursor.array(); more; more = cursor.more(CLOSE_ARRAY)) this.#annotation();
    return true;
  }

  #annotation(): void {
    const cursor = this.#cursor;
    const time = this.#time;
    let start = 0;
    let end = 0;
    let endpoint = -1;
    time.clear();
    for (let more = cursor.object(); more; more = cursor.more(CLOSE_OBJECT)) {
      cursor.key();
      if (cursor.is(KEY.timestamp)) {
        readMicros(cursor, time);
      } else if (cursor.is(KEY.value)) {
        cursor.text();
        start = cursor.textStart;
        end = cursor.textEnd;
      } else if (cursor.is(KEY.endpoint)) {
        endpoint = readEndpoint(cursor, this.#span);
        this.#span.isV1 ||= endpoint >= 0;
      } else {
        cursor.skip();
      }
    }
    this.#span.addAnnotation(time, start, end, endpoint);
  }

  #binaryAnnotations(): true {
    const cursor = this.#cursor;
    this.#span.binaryAnnotations.clear();
    if (cursor.null()) return true;
    this.#span.isV1 = true;
    for (let more = cursor.array(); more; more = cursor.more(CLOSE_ARRAY)) this.#binaryAnnotation();
    return true;
  }

  #binaryAnnotation(): void {
    const cursor = this.#cursor;
    const value = this.#value;
    let keyStart = 0;
    let keyEnd = 0;
    let start = 0;
    let end = 0;
    let isText = true;
    let type = "";
    let endpoint = -1;
    for (let more = cursor.object(); more; more = cursor.more(CLOSE_OBJECT)) {
      cursor.key();
      if (cursor.is(KEY.key)) {
        cursor.text();
        keyStart = cursor.textStart;
        keyEnd = cursor.textEnd;
      } else if (cursor.is(KEY.value)) {
        isText = cursor.scalar();
        start = cursor.textStart;
        end = cursor.textEnd;
      } else if (cursor.is(KEY.type)) {
        cursor.text();
        type = cursor.textValue();
      } else if (cursor.is(KEY.endpoint)) {
        endpoint = readEndpoint(cursor, this.#span);
      } else {
        cursor.skip();
      }
    }
    value.read(cursor.bytes, start, end, isText, type);
    this.#span.addBinaryAnnotation(keyStart, keyEnd, value.type, value.low, value.high, endpoint);
  }
}

/** One request, with resources of its own. */
export function decodeZipkinJson(input: string | Uint8Array, sink: SpanSink): DecodeOutcome {
  return new ZipkinJsonDecoder().decode(typeof input === "string" ? bytesOf(input) : input, sink);
}
