// Jaeger's Span struct into a draft. https://github.com/jaegertracing/jaeger-idl/blob/main/thrift/jaeger.thrift
// Cases are field heads, `id << 8 | type`: a known field with another type is an unknown field.

import { putInt64 } from "./jaeger-id-bytes.ts";
import { REFERENCE_SPAN_ID_AT } from "./jaeger-reference-table.ts";
import { DraftId, type JaegerSpanDraft } from "./jaeger-span-draft.ts";
import { readThriftTags } from "./jaeger-thrift-tags.ts";
import { NanoHalves } from "./nano-halves.ts";
import type { ThriftReader } from "./thrift-reader.ts";

const logTime = new NanoHalves();

/** @param draft is clear */
export function readThriftSpan(reader: ThriftReader, draft: JaegerSpanDraft): void {
  for (let head = reader.field(0); head !== 0; head = reader.field(head >> 8)) {
    switch (head) {
      case 0x010a:
        readId(reader, draft, DraftId.traceLow);
        break;
      case 0x020a:
        readId(reader, draft, DraftId.trace);
        break;
      case 0x030a:
        readId(reader, draft, DraftId.span);
        break;
      case 0x040a:
        readId(reader, draft, DraftId.parent);
        break;
      case 0x050b:
        draft.nameEnd = reader.stringEnd();
        draft.nameStart = reader.at;
        reader.at = draft.nameEnd;
        break;
      case 0x060f:
        readReferences(reader, draft);
        break;
      case 0x0708:
        draft.flags = reader.int32();
        break;
      case 0x080a:
        reader.int64();
        draft.start.setMicros(reader.low, reader.high);
        break;
      case 0x090a:
        reader.int64();
        draft.duration.setMicros(reader.low, reader.high);
        break;
      case 0x0a0f:
        readThriftTags(reader, draft.tags);
        break;
      case 0x0b0f:
        readLogs(reader, draft);
        break;
      default:
        reader.skip(head);
    }
  }
}

function readId(reader: ThriftReader, draft: JaegerSpanDraft, at: number): void {
  reader.int64();
  draft.id(at, reader.low, reader.high);
}

function readReferences(reader: ThriftReader, draft: JaegerSpanDraft): void {
  const { references } = draft;
  const count = reader.structs();
  for (let i = 0; i < count; i++) {
    const at = references.open();
    const { view } = references;
    let refType = 0;
    for (let head = reader.field(0); head !== 0; head = reader.field(head >> 8)) {
      switch (head) {
        case 0x0108:
          refType = reader.int32();
          break;
        case 0x020a:
          reader.int64();
          putInt64(view, at + 8, reader.low, reader.high);
          break;
        case 0x030a:
          reader.int64();
          putInt64(view, at, reader.low, reader.high);
          break;
        case 0x040a:
          reader.int64();
          putInt64(view, at + REFERENCE_SPAN_ID_AT, reader.low, reader.high);
          break;
        default:
          reader.skip(head);
      }
    }
    references.keep(refType);
  }
}

function readLogs(reader: ThriftReader, draft: JaegerSpanDraft): void {
  const { logs } = draft;
  const count = reader.structs();
  for (let i = 0; i < count; i++) {
    const firstTag = logs.tags.length;
    logTime.clear();
    for (let head = reader.field(0); head !== 0; head = reader.field(head >> 8)) {
      if (head === 0x010a) {
        reader.int64();
        logTime.setMicros(reader.low, reader.high);
      } else if (head === 0x020f) {
        readThriftTags(reader, logs.tags);
      } else {
        reader.skip(head);
      }
    }
    logs.add(logTime, firstTag);
  }
}
