// jaeger.api_v2.Span into a draft. Cases are whole tags, as in the OTLP decoder.
// https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v2/model.proto

import type { SpanSink } from "@culprit/trace-model";
import type { OutcomeCount } from "./decode-outcome.ts";
import { putPadded } from "./jaeger-id-bytes.ts";
import { readProtobufTag } from "./jaeger-protobuf-tags.ts";
import { REFERENCE_SPAN_ID_AT } from "./jaeger-reference-table.ts";
import { DraftId, JaegerSpanDraft } from "./jaeger-span-draft.ts";
import { NanoHalves } from "./nano-halves.ts";
import type { ProtobufReader } from "./protobuf-reader.ts";

const NANOS_PER_SECOND = 1_000_000_000n;

export class JaegerProtobufSpanReader {
  readonly #reader: ProtobufReader;
  readonly #draft = new JaegerSpanDraft();
  readonly #logTime = new NanoHalves();
  #badId = "";
  /** Where the last span's own process lies; -1 for none. */
  processAt = -1;
  processEnd = -1;

  constructor(reader: ProtobufReader) {
    this.#reader = reader;
  }

  /** Spans that follow lie in the reader's bytes. */
  reset(): void {
    this.#draft.reset(this.#reader.bytes);
  }

  release(): void {
    this.#draft.release();
  }

  /** The message `[reader.at, end)`. */
  read(end: number): void {
    const reader = this.#reader;
    const draft = this.#draft;
    draft.clear();
    this.#badId = "";
    this.processAt = this.processEnd = -1;
    while (reader.at < end) {
      const tag = reader.varint32(end);
      switch (tag) {
        case 0x0a:
          this.#id(DraftId.trace, 16, reader.lengthEnd(end), "trace");
          break;
        case 0x12:
          this.#id(DraftId.span, 8, reader.lengthEnd(end), "span");
          break;
        case 0x1a:
          draft.nameEnd = reader.lengthEnd(end);
          draft.nameStart = reader.at;
          reader.at = draft.nameEnd;
          break;
        case 0x22:
          this.#reference(reader.lengthEnd(end));
          break;
        case 0x28:
          draft.flags = reader.varint32(end);
          break;
        case 0x32:
          this.#time(reader.lengthEnd(end), draft.start);
          break;
        case 0x3a:
          this.#time(reader.lengthEnd(end), draft.duration);
          break;
        case 0x42:
          readProtobufTag(reader, reader.lengthEnd(end), draft.tags);
          break;
        case 0x4a:
          this.#log(reader.lengthEnd(end));
          break;
        case 0x52:
          this.processEnd = reader.lengthEnd(end);
          this.processAt = reader.at;
          reader.at = this.processEnd;
          break;
        case 0x62: {
          const stop = reader.lengthEnd(end);
          draft.warnings.push(reader.text(reader.at, stop));
          reader.at = stop;
          break;
        }
        default:
          reader.skip(tag, end);
      }
    }
  }

  /** What was read: to the sink, or counted as rejected. */
  emit(sink: SpanSink, count: OutcomeCount): void {
    if (this.#badId === "") this.#draft.emit(sink, count);
    else count.reject(this.#badId);
  }

  /** Jaeger's servers take ids of 8 bytes as well for a trace. */
  #id(at: number, sizeBytes: number, end: number, what: string): void {
    const reader = this.#reader;
    const start = reader.at;
    reader.at = end;
    if (end - start > sizeBytes) {
      this.#badId = `a ${what} id of ${end - start} bytes, more than ${sizeBytes} (at byte ${start})`;
    } else {
      this.#draft.idBytes(at, sizeBytes, start, end);
    }
  }

  #reference(end: number): void {
    const reader = this.#reader;
    const { references } = this.#draft;
    const at = references.open();
    const { bytes } = references;
    let refType = 0;
    let isId = true;
    while (reader.at < end) {
      const tag = reader.varint32(end);
      if (tag === 0x0a || tag === 0x12) {
        const stop = reader.lengthEnd(end);
        const [place, sizeBytes] = tag === 0x0a ? [at, 16] : [at + REFERENCE_SPAN_ID_AT, 8];
        if (stop - reader.at > sizeBytes) isId = false;
        else putPadded(bytes, place, sizeBytes, reader.bytes, reader.at, stop);
        reader.at = stop;
      } else if (tag === 0x18) {
        refType = reader.varint32(end);
      } else {
        reader.skip(tag, end);
      }
    }
    if (isId) references.keep(refType);
  }

  #log(end: number): void {
    const reader = this.#reader;
    const { logs } = this.#draft;
    const firstTag = logs.tags.length;
    this.#logTime.clear();
    while (reader.at < end) {
      const tag = reader.varint32(end);
      if (tag === 0x0a) this.#time(reader.lengthEnd(end), this.#logTime);
      else if (tag === 0x12) readProtobufTag(reader, reader.lengthEnd(end), logs.tags);
      else reader.skip(tag, end);
    }
    logs.add(this.#logTime, firstTag);
  }

  /** google.protobuf.Timestamp and Duration: seconds and nanoseconds, both signed. */
  #time(end: number, into: NanoHalves): void {
    const reader = this.#reader;
    let seconds = 0n;
    let nanos = 0;
    while (reader.at < end) {
      const tag = reader.varint32(end);
      if (tag === 0x08) {
        reader.varint64(end);
        seconds = (BigInt(reader.high) << 32n) | BigInt(reader.low >>> 0);
      } else if (tag === 0x10) {
        nanos = reader.varint32(end);
      } else {
        reader.skip(tag, end);
      }
    }
    into.set(seconds * NANOS_PER_SECOND + BigInt(nanos));
  }
}
