// jaeger.api_v2.PostSpansRequest into a sink without an object per span: what clients of a collector's gRPC send.
// https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v2/collector.proto

import type { Resource, SpanSink } from "@culprit/trace-model";
import { ByteKeyedCache } from "./byte-keyed-cache.ts";
import { type DecodeOutcome, OutcomeCount } from "./decode-outcome.ts";
import { processAttributes } from "./jaeger-process.ts";
import { JaegerProtobufSpanReader } from "./jaeger-protobuf-span.ts";
import { readProtobufTag } from "./jaeger-protobuf-tags.ts";
import { JaegerTagTable } from "./jaeger-tag-table.ts";
import { ProtobufReader } from "./protobuf-reader.ts";

const BATCH_TAG = 0x0a;
const SPAN_TAG = 0x0a;
const PROCESS_TAG = 0x12;

/**
 * Keep one for many requests: equal processes then are the same objects from request to request.
 * Not reentrant: a sink must not call `decode` of the decoder that calls it.
 */
export class JaegerProtobufDecoder {
  readonly #reader = new ProtobufReader();
  readonly #spans = new JaegerProtobufSpanReader(this.#reader);
  readonly #processTags = new JaegerTagTable();
  readonly #resources = new ByteKeyedCache<Resource>();
  #resource: Resource | undefined;
  #count = new OutcomeCount();

  /**
   * A span without an id is left out and counted.
   * @throws {WireError} when the bytes are not such a message; the sink then has been given a part of it.
   */
  decode(bytes: Uint8Array, sink: SpanSink): DecodeOutcome {
    const reader = this.#reader;
    reader.reset(bytes);
    this.#spans.reset();
    this.#resource = undefined;
    this.#count = new OutcomeCount();
    const end = reader.bytes.length;
    try {
      while (reader.at < end) {
        const tag = reader.varint32(end);
        if (tag === BATCH_TAG) this.#batch(reader.lengthEnd(end), sink);
        else reader.skip(tag, end);
      }
    } finally {
      reader.release();
      this.#spans.release();
      this.#processTags.reset(reader.bytes);
    }
    return this.#count.outcome();
  }

  /** Spans come before the process of them all. */
  #batch(end: number, sink: SpanSink): void {
    const reader = this.#reader;
    const start = reader.at;
    let processAt = end;
    let processEnd = end;
    while (reader.at < end) {
      const tag = reader.varint32(end);
      if (tag === PROCESS_TAG) {
        processEnd = reader.lengthEnd(end);
        processAt = reader.at;
        reader.at = processEnd;
      } else {
        reader.skip(tag, end);
      }
    }
    const shared = this.#resourceIn(processAt, processEnd);
    reader.at = start;
    while (reader.at < end) {
      const tag = reader.varint32(end);
      if (tag === SPAN_TAG) this.#span(reader.lengthEnd(end), shared, sink);
      else reader.skip(tag, end);
    }
  }

  /** A span's own process comes before that of the batch. */
  #span(end: number, shared: Resource, sink: SpanSink): void {
    const spans = this.#spans;
    spans.read(end);
    const { processAt, processEnd } = spans;
    const resource = processAt < 0 ? shared : this.#resourceIn(processAt, processEnd);
    if (resource !== this.#resource) {
      this.#resource = resource;
      sink.resource(resource);
    }
    spans.emit(sink, this.#count);
    this.#reader.at = end;
  }

  #resourceIn(start: number, end: number): Resource {
    const { bytes } = this.#reader;
    return this.#resources.get(bytes, start, end, end, end, () => this.#process(start, end));
  }

  #process(start: number, end: number): Resource {
    const reader = this.#reader;
    const tags = this.#processTags;
    let serviceName = "";
    reader.at = start;
    tags.reset(reader.bytes);
    while (reader.at < end) {
      const tag = reader.varint32(end);
      if (tag === 0x0a) {
        const stop = reader.lengthEnd(end);
        serviceName = reader.text(reader.at, stop);
        reader.at = stop;
      } else if (tag === 0x12) {
        readProtobufTag(reader, reader.lengthEnd(end), tags);
      } else {
        reader.skip(tag, end);
      }
    }
    const attributes = processAttributes(serviceName, tags.values());
    return { attributes, droppedAttributesCount: 0, schemaUrl: "" };
  }
}

/** One request, with processes of its own. */
export function decodeJaegerProtobuf(bytes: Uint8Array, sink: SpanSink): DecodeOutcome {
  return new JaegerProtobufDecoder().decode(bytes, sink);
}
