// OTLP/protobuf into a sink without an object per span: ExportTraceServiceRequest, which is TracesData on the wire.
// https://github.com/open-telemetry/opentelemetry-proto (trace.proto, common.proto, resource.proto)

import type { Resource, Scope, SpanSink } from "@culprit/trace-model";
import { ByteKeyedCache } from "./byte-keyed-cache.ts";
import { type DecodeOutcome, OutcomeCount } from "./decode-outcome.ts";
import { OtlpSpanReader } from "./otlp-protobuf-span.ts";
import { readResource, readScope } from "./otlp-protobuf-values.ts";
import { ProtobufReader } from "./protobuf-reader.ts";

// ResourceSpans and ScopeSpans number their fields alike.
const SHARED_TAG = 0x0a;
const MEMBER_TAG = 0x12;
const SCHEMA_URL_TAG = 0x1a;

/**
 * Keep one for many requests: equal resources and scopes then are the same objects from request to request.
 * Not reentrant: a sink must not call `decode` of the decoder that calls it.
 */
export class OtlpProtobufDecoder {
  readonly #reader = new ProtobufReader();
  readonly #spans = new OtlpSpanReader(this.#reader);
  readonly #resources = new ByteKeyedCache<Resource>();
  readonly #scopes = new ByteKeyedCache<Scope>();
  #count = new OutcomeCount();
  // Where the resource or scope of the group that was scanned last lies, and its schema URL.
  #from = 0;
  #to = 0;
  #urlStart = 0;
  #urlEnd = 0;

  /**
   * A span whose ids are not ids is left out and counted; a link whose ids are not ids counts as dropped.
   * @throws {WireError} when the bytes are not such a message; the sink then has been given a part of it.
   */
  decode(bytes: Uint8Array, sink: SpanSink): DecodeOutcome {
    const reader = this.#reader;
    reader.reset(bytes);
    this.#count = new OutcomeCount();
    const end = reader.bytes.length;
    try {
      while (reader.at < end) {
        const tag = reader.varint32(end);
        if (tag === 0x0a) {
          const stop = reader.lengthEnd(end);
          this.#resourceSpans(reader.at, stop, sink);
          reader.at = stop;
        } else {
          reader.skip(tag, end);
        }
      }
    } finally {
      reader.release();
      this.#spans.release();
    }
    return this.#count.outcome();
  }

  #resourceSpans(start: number, end: number, sink: SpanSink): void {
    const reader = this.#reader;
    this.#scan(start, end);
    sink.resource(this.#shared(this.#resources, readResource));
    reader.at = start;
    while (reader.at < end) {
      const tag = reader.varint32(end);
      if (tag === MEMBER_TAG) {
        const stop = reader.lengthEnd(end);
        this.#scopeSpans(reader.at, stop, sink);
        reader.at = stop;
      } else {
        reader.skip(tag, end);
      }
    }
  }

  #scopeSpans(start: number, end: number, sink: SpanSink): void {
    const reader = this.#reader;
    const spans = this.#spans;
    const count = this.#count;
    this.#scan(start, end);
    sink.scope(this.#shared(this.#scopes, readScope));
    reader.at = start;
    while (reader.at < end) {
      const tag = reader.varint32(end);
      if (tag === MEMBER_TAG) {
        const stop = reader.lengthEnd(end);
        spans.read(reader.at, stop, sink, count);
        reader.at = stop;
      } else {
        reader.skip(tag, end);
      }
    }
  }

  /** Finds what holds for the whole group: it may stand after the members. */
  #scan(start: number, end: number): void {
    const reader = this.#reader;
    this.#from = this.#to = start;
    this.#urlStart = this.#urlEnd = start;
    reader.at = start;
    while (reader.at < end) {
      const tag = reader.varint32(end);
      if (tag === SHARED_TAG) {
        this.#to = reader.lengthEnd(end);
        this.#from = reader.at;
        reader.at = this.#to;
      } else if (tag === SCHEMA_URL_TAG) {
        this.#urlEnd = reader.lengthEnd(end);
        this.#urlStart = reader.at;
        reader.at = this.#urlEnd;
      } else {
        reader.skip(tag, end);
      }
    }
  }

  #shared<T>(
    cache: ByteKeyedCache<T>,
    read: (reader: ProtobufReader, end: number, schemaUrl: string) => T,
  ): T {
    const reader = this.#reader;
    return cache.get(reader.bytes, this.#from, this.#to, this.#urlStart, this.#urlEnd, () => {
      reader.at = this.#from;
      return read(reader, this.#to, reader.text(this.#urlStart, this.#urlEnd));
    });
  }
}

/** One request, with resources and scopes of its own. */
export function decodeOtlpProtobuf(bytes: Uint8Array, sink: SpanSink): DecodeOutcome {
  return new OtlpProtobufDecoder().decode(bytes, sink);
}
