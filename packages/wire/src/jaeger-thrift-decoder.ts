// Jaeger's Thrift into a sink without an object per span: a Batch as it comes over HTTP (the binary protocol, no message
// around it), and the message Agent.emitBatch as it comes in a packet of UDP (binary or compact).
// https://github.com/jaegertracing/jaeger-idl/blob/main/thrift/agent.thrift

import type { Resource, SpanSink } from "@culprit/trace-model";
import { ByteKeyedCache } from "./byte-keyed-cache.ts";
import { type DecodeOutcome, OutcomeCount } from "./decode-outcome.ts";
import { isThriftBatch } from "./jaeger-file-shape.ts";
import { processAttributes } from "./jaeger-process.ts";
import { JaegerSpanDraft } from "./jaeger-span-draft.ts";
import { JaegerTagTable } from "./jaeger-tag-table.ts";
import { readThriftSpan } from "./jaeger-thrift-span.ts";
import { readThriftTags } from "./jaeger-thrift-tags.ts";
import { ThriftBinaryReader } from "./thrift-binary-reader.ts";
import { isCompactMessage, ThriftCompactReader } from "./thrift-compact-reader.ts";
import type { ThriftReader } from "./thrift-reader.ts";

/** What a client lost before it sent, counted since it started. */
export interface JaegerClientStats {
  readonly fullQueueDroppedSpans: number;
  readonly tooLargeDroppedSpans: number;
  readonly failedToEmitSpans: number;
}

export interface JaegerBatchOutcome extends DecodeOutcome {
  /** The process that sent the batch. */
  readonly resource: Resource;
  /** The batch's number in its client's count, exact up to 2^53; undefined when the client does not count. */
  readonly seqNo: number | undefined;
  readonly clientStats: JaegerClientStats | undefined;
}

/**
 * Keep one for many requests: equal processes then are the same objects from request to request.
 * Not reentrant: a sink must not call the decoder that calls it.
 */
export class JaegerThriftDecoder {
  readonly #binary = new BatchReader(new ThriftBinaryReader());
  readonly #compact = new BatchReader(new ThriftCompactReader());

  /**
   * A Batch in the binary protocol. A span without an id is left out and counted.
   * @throws {WireError} when the bytes are not such a struct; the sink then has been given a part of it.
   */
  decodeBatch(bytes: Uint8Array, sink: SpanSink): JaegerBatchOutcome {
    return this.#binary.decode(bytes, sink, false);
  }

  /**
   * A message of Agent.emitBatch in either protocol; its first byte says which.
   * @throws {WireError} as {@link decodeBatch}
   */
  decodeMessage(bytes: Uint8Array, sink: SpanSink): JaegerBatchOutcome {
    const reader = isCompactMessage(bytes) ? this.#compact : this.#binary;
    return reader.decode(bytes, sink, true);
  }
}

/** Batches in one protocol. */
class BatchReader {
  readonly #reader: ThriftReader;
  readonly #draft = new JaegerSpanDraft();
  readonly #processTags = new JaegerTagTable();
  readonly #resources = new ByteKeyedCache<Resource>();
  #count = new OutcomeCount();

  constructor(reader: ThriftReader) {
    this.#reader = reader;
  }

  decode(bytes: Uint8Array, sink: SpanSink, isMessage: boolean): JaegerBatchOutcome {
    const reader = this.#reader;
    reader.reset(bytes);
    this.#count = new OutcomeCount();
    this.#draft.reset(reader.bytes);
    try {
      return isMessage ? this.#message(sink) : this.#batch(sink);
    } finally {
      reader.release();
      this.#draft.release();
      this.#processTags.reset(reader.bytes);
    }
  }

  #message(sink: SpanSink): JaegerBatchOutcome {
    const reader = this.#reader;
    const name = reader.call();
    if (name !== "emitBatch") reader.fail(`a call of ${JSON.stringify(name.slice(0, 60))}`);
    let outcome: JaegerBatchOutcome | undefined;
    for (let head = reader.field(0); head !== 0; head = reader.field(head >> 8)) {
      if (head === 0x010c && outcome === undefined) outcome = this.#batch(sink);
      else reader.skip(head);
    }
    return outcome ?? reader.fail("emitBatch without a batch");
  }

  #batch(sink: SpanSink): JaegerBatchOutcome {
    const reader = this.#reader;
    const start = reader.at;
    const resource = this.#findProcess();
    sink.resource(resource);
    reader.at = start;
    let hasSpans = false;
    let seqNo: number | undefined;
    let clientStats: JaegerClientStats | undefined;
    for (let head = reader.field(0); head !== 0; head = reader.field(head >> 8)) {
      switch (head) {
        case 0x020f:
          this.#spans(sink);
          hasSpans = true;
          break;
        case 0x030a:
          seqNo = this.#number();
          break;
        case 0x040c:
          clientStats = this.#stats();
          break;
        default:
          reader.skip(head);
      }
    }
    if (!hasSpans) reader.fail("a batch without spans");
    return { ...this.#count.outcome(), resource, seqNo, clientStats };
  }

  /** It holds for all spans and is the first field of every client's batch, but need not be. */
  #findProcess(): Resource {
    const reader = this.#reader;
    for (let head = reader.field(0); head !== 0; head = reader.field(head >> 8)) {
      const start = reader.at;
      reader.skip(head);
      if (head === 0x010c) {
        const { bytes, at } = reader;
        return this.#resources.get(bytes, start, at, at, at, () => this.#processAt(start));
      }
    }
    return reader.fail("a batch without a process");
  }

  #processAt(start: number): Resource {
    const reader = this.#reader;
    const tags = this.#processTags;
    let serviceName = "";
    reader.at = start;
    tags.reset(reader.bytes);
    for (let head = reader.field(0); head !== 0; head = reader.field(head >> 8)) {
      if (head === 0x010b) {
        const end = reader.stringEnd();
        serviceName = reader.text(reader.at, end);
        reader.at = end;
      } else if (head === 0x020f) {
        readThriftTags(reader, tags);
      } else {
        reader.skip(head);
      }
    }
    const attributes = processAttributes(serviceName, tags.values());
    return { attributes, droppedAttributesCount: 0, schemaUrl: "" };
  }

  #spans(sink: SpanSink): void {
    const reader = this.#reader;
    const draft = this.#draft;
    const count = reader.structs();
    for (let i = 0; i < count; i++) {
      draft.clear();
      readThriftSpan(reader, draft);
      draft.emit(sink, this.#count);
    }
  }

  #stats(): JaegerClientStats {
    const reader = this.#reader;
    let fullQueueDroppedSpans = 0;
    let tooLargeDroppedSpans = 0;
    let failedToEmitSpans = 0;
    for (let head = reader.field(0); head !== 0; head = reader.field(head >> 8)) {
      if (head === 0x010a) fullQueueDroppedSpans = this.#number();
      else if (head === 0x020a) tooLargeDroppedSpans = this.#number();
      else if (head === 0x030a) failedToEmitSpans = this.#number();
      else reader.skip(head);
    }
    return { fullQueueDroppedSpans, tooLargeDroppedSpans, failedToEmitSpans };
  }

  #number(): number {
    this.#reader.int64();
    return this.#reader.high * 2 ** 32 + (this.#reader.low >>> 0);
  }
}

/** One file: a Batch, or a message of Agent.emitBatch in either protocol. */
export function decodeJaegerThriftFile(bytes: Uint8Array, sink: SpanSink): JaegerBatchOutcome {
  const decoder = new JaegerThriftDecoder();
  return isThriftBatch(bytes)
    ? decoder.decodeBatch(bytes, sink)
    : decoder.decodeMessage(bytes, sink);
}
