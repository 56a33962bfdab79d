// Zipkin v2 protobuf (zipkin.proto3.ListOfSpans) into a sink without an object per span. Cases are whole tags
// (field << 3 | wire type): a known field with another wire type is an unknown field.
// https://github.com/openzipkin/zipkin-api/blob/master/zipkin.proto

import { SpanKind, type SpanSink } from "@culprit/trace-model";
import { type DecodeOutcome, OutcomeCount } from "./decode-outcome.ts";
import { TagType } from "./jaeger-tag-table.ts";
import { NanoHalves } from "./nano-halves.ts";
import { ProtobufReader } from "./protobuf-reader.ts";
import { PARENT_ID_AT, SPAN_ID_AT, TRACE_ID_AT, ZipkinPlaces } from "./zipkin-places.ts";
import { ZipkinSpanWriter } from "./zipkin-span-writer.ts";

const KINDS: readonly SpanKind[] = [
  SpanKind.unspecified,
  SpanKind.client,
  SpanKind.server,
  SpanKind.producer,
  SpanKind.consumer,
];

/** Keep one for many requests. Not reentrant: a sink must not call `decode` of the decoder that calls it. */
export class ZipkinProtobufDecoder {
  readonly #reader = new ProtobufReader();
  readonly #writer = new ZipkinSpanWriter();
  readonly #span = new ZipkinPlaces();
  readonly #time = new NanoHalves();

  /**
   * A span without an id, or with one of more bytes than ids have, is left out and counted.
   * @throws {WireError} when the bytes are not such a message; the sink then has been given a part of it.
   */
  decode(bytes: Uint8Array, sink: SpanSink): DecodeOutcome {
    const reader = this.#reader;
    const count = new OutcomeCount();
    reader.reset(bytes);
    this.#writer.reset();
    const end = reader.bytes.length;
    try {
      while (reader.at < end) {
        const tag = reader.varint32(end);
        if (tag === 0x0a) {
          const start = reader.at;
          const fault = this.#read(reader.lengthEnd(end));
          if (fault !== undefined) count.reject(`${fault} (span at byte ${start})`);
          else if (this.#writer.accepts(this.#span, count)) {
            this.#writer.write(this.#span, sink, count);
          }
        } else {
          reader.skip(tag, end);
        }
      }
    } finally {
      reader.release();
      this.#writer.reset();
      this.#span.release();
    }
    return count.outcome();
  }

  /** A Span message from `reader.at` to `end`. @returns what is wrong with its ids */
  #read(end: number): string | undefined {
    const reader = this.#reader;
    const span = this.#span;
    span.reset(reader.bytes);
    let fault: string | undefined;
    while (reader.at < end) {
      const tag = reader.varint32(end);
      switch (tag) {
        case 0x0a:
          if (!this.#id(TRACE_ID_AT, 16, end)) fault ??= "a trace id of more than 16 bytes";
          break;
        case 0x12:
          if (!this.#id(PARENT_ID_AT, 8, end)) fault ??= "a parent id of more than 8 bytes";
          break;
        case 0x1a:
          if (!this.#id(SPAN_ID_AT, 8, end)) fault ??= "an id of more than 8 bytes";
          break;
        case 0x20:
          span.kind = KINDS[reader.varint32(end)] ?? SpanKind.unspecified;
          break;
        case 0x2a:
          span.nameEnd = reader.lengthEnd(end);
          span.nameStart = reader.at;
          reader.at = span.nameEnd;
          break;
        case 0x31:
          this.#fixed64(span.start, end);
          break;
        case 0x38:
          reader.varint64(end);
          span.duration.setMicros(reader.low, reader.high);
          break;
        case 0x42:
          span.local = this.#endpoint(reader.lengthEnd(end));
          break;
        case 0x4a:
          span.remote = this.#endpoint(reader.lengthEnd(end));
          break;
        case 0x52:
          this.#annotation(reader.lengthEnd(end));
          break;
        case 0x5a:
          this.#tag(reader.lengthEnd(end));
          break;
        case 0x60:
          span.isDebug = this.#bool(end);
          break;
        case 0x68:
          span.isShared = this.#bool(end);
          break;
        default:
          reader.skip(tag, end);
      }
    }
    return fault;
  }

  /** Shorter ones are padded, as digits are. @returns false for longer ones */
  #id(at: number, sizeBytes: number, end: number): boolean {
    const reader = this.#reader;
    const { bytes } = reader;
    const { ids } = this.#span;
    const stop = reader.lengthEnd(end);
    const missing = sizeBytes - (stop - reader.at);
    if (missing >= 0) {
      for (let i = 0; i < missing; i++) ids[at + i] = 0;
      for (let from = reader.at, to = at + missing; from < stop; from++, to++) {
        ids[to] = bytes[from] as number;
      }
    }
    reader.at = stop;
    return missing >= 0;
  }

  #fixed64(into: NanoHalves, end: number): void {
    const reader = this.#reader;
    const at = reader.fixed(8, end);
    into.setMicros(reader.view.getInt32(at, true), reader.view.getInt32(at + 4, true));
  }

  #bool(end: number): boolean {
    const reader = this.#reader;
    reader.varint64(end);
    return (reader.low | reader.high) !== 0;
  }

  #endpoint(end: number): number {
    const reader = this.#reader;
    let nameStart = end;
    let nameEnd = end;
    let addressStart = end;
    let addressEnd = end;
    let port = 0;
    while (reader.at < end) {
      const tag = reader.varint32(end);
      switch (tag) {
        case 0x0a:
          nameEnd = reader.lengthEnd(end);
          nameStart = reader.at;
          reader.at = nameEnd;
          break;
        case 0x12: // ipv4, which comes before ipv6 where both are there
        case 0x1a: {
          const stop = reader.lengthEnd(end);
          const size = stop - reader.at;
          if (tag === 0x12 ? size === 4 : size === 16 && addressEnd - addressStart !== 4) {
            addressStart = reader.at;
            addressEnd = stop;
          }
          reader.at = stop;
          break;
        }
        case 0x20:
          port = Math.max(0, reader.varint32(end));
          break;
        default:
          reader.skip(tag, end);
      }
    }
    return this.#span.addEndpoint(nameStart, nameEnd, addressStart, addressEnd, true, port);
  }

  #annotation(end: number): void {
    const reader = this.#reader;
    let start = end;
    let stop = end;
    this.#time.clear();
    while (reader.at < end) {
      const tag = reader.varint32(end);
      if (tag === 0x09) {
        this.#fixed64(this.#time, end);
      } else if (tag === 0x12) {
        stop = reader.lengthEnd(end);
        start = reader.at;
        reader.at = stop;
      } else {
        reader.skip(tag, end);
      }
    }
    this.#span.addAnnotation(this.#time, start, stop);
  }

  #tag(end: number): void {
    const reader = this.#reader;
    let keyStart = end;
    let keyEnd = end;
    let start = end;
    let stop = end;
    while (reader.at < end) {
      const tag = reader.varint32(end);
      if (tag === 0x0a) {
        keyEnd = reader.lengthEnd(end);
        keyStart = reader.at;
        reader.at = keyEnd;
      } else if (tag === 0x12) {
        stop = reader.lengthEnd(end);
        start = reader.at;
        reader.at = stop;
      } else {
        reader.skip(tag, end);
      }
    }
    this.#span.tags.add(keyStart, keyEnd, TagType.string, start, stop);
  }
}

/** One request, with resources of its own. */
export function decodeZipkinProtobuf(bytes: Uint8Array, sink: SpanSink): DecodeOutcome {
  return new ZipkinProtobufDecoder().decode(bytes, sink);
}
