// Zipkin v1 Thrift (a list of zipkincore.Span in the binary protocol) into a sink. Cases are whole field heads
// (id << 8 | type): a known field of another type is an unknown field.
// https://github.com/openzipkin/zipkin-api/blob/master/thrift/zipkinCore.thrift

import type { SpanSink } from "@culprit/trace-model";
import { type DecodeOutcome, OutcomeCount } from "./decode-outcome.ts";
import { TagType } from "./jaeger-tag-table.ts";
import { NanoHalves } from "./nano-halves.ts";
import { ThriftBinaryReader } from "./thrift-binary-reader.ts";
import { ThriftType } from "./thrift-reader.ts";
import { PARENT_ID_AT, SPAN_ID_AT, TRACE_ID_AT, ZipkinPlaces } from "./zipkin-places.ts";
import { ZipkinSpanWriter } from "./zipkin-span-writer.ts";
import { writeZipkinV1 } from "./zipkin-v1-spans.ts";

/** The lower half of a trace id. */
const TRACE_ID_LOW_AT = TRACE_ID_AT + 8;

/** zipkincore.AnnotationType. */
const ValueType = { bool: 0, bytes: 1, i16: 2, i32: 3, i64: 4, double: 5, string: 6 } as const;

/** Keep one for many requests. Not reentrant: a sink must not call `decode` of the decoder that calls it. */
export class ZipkinThriftDecoder {
  readonly #reader = new ThriftBinaryReader();
  readonly #writer = new ZipkinSpanWriter();
  readonly #span = new ZipkinPlaces();
  readonly #time = new NanoHalves();

  /**
   * A span without an id is left out and counted.
   * @throws {WireError} when the bytes are not such a list; the sink then has been given a part of it.
   */
  decode(bytes: Uint8Array, sink: SpanSink): DecodeOutcome {
    const reader = this.#reader;
    const count = new OutcomeCount();
    reader.reset(bytes);
    this.#writer.reset();
    try {
      const spanCount = reader.list();
      if (reader.elementType !== ThriftType.struct) reader.fail("a list of spans wanted");
      for (let left = spanCount; left > 0; left--) {
        this.#read();
        if (this.#writer.accepts(this.#span, count)) {
          writeZipkinV1(this.#span, this.#writer, sink, count);
        }
      }
      if (reader.at < reader.end) reader.fail("more than one list of spans");
    } finally {
      reader.release();
      this.#writer.reset();
      this.#span.release();
    }
    return count.outcome();
  }

  #read(): void {
    const reader = this.#reader;
    const span = this.#span;
    span.reset(reader.bytes);
    for (let tag = reader.field(0); tag !== 0; tag = reader.field(tag >> 8)) {
      switch (tag) {
        case 0x10a:
          this.#id(TRACE_ID_LOW_AT);
          break;
        case 0x30b:
          span.nameEnd = reader.stringEnd();
          span.nameStart = reader.at;
          reader.at = span.nameEnd;
          break;
        case 0x40a:
          this.#id(SPAN_ID_AT);
          break;
        case 0x50a:
          this.#id(PARENT_ID_AT);
          break;
        case 0x60f:
          for (let left = reader.structs(); left > 0; left--) this.#annotation();
          break;
        case 0x80f:
          for (let left = reader.structs(); left > 0; left--) this.#binaryAnnotation();
          break;
        case 0x902:
          span.isDebug = reader.bool();
          break;
        case 0xa0a:
          reader.int64();
          span.start.setMicros(reader.low, reader.high);
          break;
        case 0xb0a:
          reader.int64();
          span.duration.setMicros(reader.low, reader.high);
          break;
        case 0xc0a:
          this.#id(TRACE_ID_AT);
          break;
        default:
          reader.skip(tag);
      }
    }
  }

  /** An i64, whose bytes are those of the id. */
  #id(at: number): void {
    const reader = this.#reader;
    const from = reader.fixed(8);
    for (let i = 0; i < 8; i++) this.#span.ids[at + i] = reader.bytes[from + i] as number;
  }

  #annotation(): void {
    const reader = this.#reader;
    const time = this.#time;
    let start = 0;
    let end = 0;
    let endpoint = -1;
    time.clear();
    for (let tag = reader.field(0); tag !== 0; tag = reader.field(tag >> 8)) {
      switch (tag) {
        case 0x10a:
          reader.int64();
          time.setMicros(reader.low, reader.high);
          break;
        case 0x20b:
          end = reader.stringEnd();
          start = reader.at;
          reader.at = end;
          break;
        case 0x30c:
          endpoint = this.#endpoint();
          break;
        default:
          reader.skip(tag);
      }
    }
    this.#span.addAnnotation(time, start, end, endpoint);
  }

  #binaryAnnotation(): void {
    const reader = this.#reader;
    let keyStart = 0;
    let keyEnd = 0;
    let start = 0;
    let end = 0;
    let type: number = ValueType.string;
    let endpoint = -1;
    for (let tag = reader.field(0); tag !== 0; tag = reader.field(tag >> 8)) {
      switch (tag) {
        case 0x10b:
          keyEnd = reader.stringEnd();
          keyStart = reader.at;
          reader.at = keyEnd;
          break;
        case 0x20b:
          end = reader.stringEnd();
          start = reader.at;
          reader.at = end;
          break;
        case 0x308:
          type = reader.int32();
          break;
        case 0x40c:
          endpoint = this.#endpoint();
          break;
        default:
          reader.skip(tag);
      }
    }
    this.#addValue(keyStart, keyEnd, type, start, end, endpoint);
  }

  /** A value whose bytes are not as many as its type has stays bytes. */
  #addValue(
    keyStart: number,
    keyEnd: number,
    type: number,
    start: number,
    end: number,
    endpoint: number,
  ): void {
    const { view } = this.#reader;
    const size = end - start;
    let tagType: number = TagType.binary;
    let low = start;
    let high = end;
    if (type === ValueType.string) {
      tagType = TagType.string;
    } else if (type === ValueType.bool && size === 1) {
      tagType = TagType.bool;
      low = view.getUint8(start);
      high = 0;
    } else if (type === ValueType.i16 && size === 2) {
      tagType = TagType.int64;
      low = view.getInt16(start);
      high = low >> 31;
    } else if (type === ValueType.i32 && size === 4) {
      tagType = TagType.int64;
      low = view.getInt32(start);
      high = low >> 31;
    } else if ((type === ValueType.i64 || type === ValueType.double) && size === 8) {
      tagType = type === ValueType.i64 ? TagType.int64 : TagType.float64;
      low = view.getInt32(start + 4);
      high = view.getInt32(start);
    }
    this.#span.addBinaryAnnotation(keyStart, keyEnd, tagType, low, high, endpoint);
  }

  #endpoint(): number {
    const reader = this.#reader;
    let nameStart = 0;
    let nameEnd = 0;
    let addressStart = 0;
    let addressEnd = 0;
    let port = 0;
    for (let tag = reader.field(0); tag !== 0; tag = reader.field(tag >> 8)) {
      switch (tag) {
        case 0x108: {
          // ipv4, 0 for none. Where ipv6 is there as well, this one counts.
          const at = reader.fixed(4);
          if (reader.view.getInt32(at) !== 0) {
            addressStart = at;
            addressEnd = at + 4;
          }
          break;
        }
        case 0x206:
          port = reader.view.getUint16(reader.fixed(2));
          break;
        case 0x30b:
          nameEnd = reader.stringEnd();
          nameStart = reader.at;
          reader.at = nameEnd;
          break;
        case 0x40b: {
          const stop = reader.stringEnd();
          if (stop - reader.at === 16 && addressStart === addressEnd) {
            addressStart = reader.at;
            addressEnd = stop;
          }
          reader.at = stop;
          break;
        }
        default:
          reader.skip(tag);
      }
    }
    return this.#span.addEndpoint(nameStart, nameEnd, addressStart, addressEnd, true, port);
  }
}

/** One request, with resources of its own. */
export function decodeZipkinThrift(bytes: Uint8Array, sink: SpanSink): DecodeOutcome {
  return new ZipkinThriftDecoder().decode(bytes, sink);
}
