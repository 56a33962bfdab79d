// A batch of Jaeger's spans in every form in which it can be sent, written from one description. The forms are what
// the decoders under test read; nothing of theirs is used here.

import { ProtobufWriter } from "../src/protobuf-writer.ts";
import {
  bool,
  double,
  i32,
  i64,
  list,
  oldThriftMessage,
  string,
  struct,
  type ThriftField,
  type ThriftProtocol,
  type ThriftValue,
  thriftBytes,
  thriftMessage,
} from "./thrift-values.ts";

export type TagValue = string | boolean | bigint | number | Uint8Array;
export type Tags = readonly (readonly [key: string, value: TagValue])[];

export interface BatchReference {
  readonly refType: "CHILD_OF" | "FOLLOWS_FROM";
  /** 32 hex digits; zeros mean the span's own trace. */
  readonly traceId: string;
  readonly spanId: string;
}

export interface BatchProcess {
  readonly serviceName: string;
  readonly tags: Tags;
}

export interface BatchSpan {
  /** 32 hex digits. */
  readonly traceId: string;
  readonly spanId: string;
  /** Thrift alone has it; 16 zeros for none. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly references: readonly BatchReference[];
  readonly flags: number;
  readonly startMicros: bigint;
  readonly durationMicros: bigint;
  readonly tags: Tags;
  readonly logs: readonly { readonly micros: bigint; readonly fields: Tags }[];
}

export interface Batch {
  readonly process: BatchProcess;
  readonly spans: readonly BatchSpan[];
  readonly seqNo?: bigint;
  /** Spans dropped from a full queue, as too large, and that could not be sent. */
  readonly stats?: readonly [bigint, bigint, bigint];
}

export const NO_PARENT: string = "0".repeat(16);

/** A span that is nothing but an id, a name and a time. */
export function batchSpan(fields: Partial<BatchSpan> = {}): BatchSpan {
  return {
    traceId: "0000000000000000000000000000abcd",
    spanId: "00000000000000ef",
    parentSpanId: NO_PARENT,
    name: "op",
    references: [],
    flags: 1,
    startMicros: 1_795_000_000_000_000n,
    durationMicros: 1000n,
    tags: [],
    logs: [],
    ...fields,
  };
}

export function batchOf(...spans: readonly BatchSpan[]): Batch {
  return { process: { serviceName: "svc", tags: [] }, spans };
}

/** As the UI exports it. */
export function jaegerJson({ process, spans }: Batch): string {
  return JSON.stringify({
    data: spans.map((span) => ({
      traceID: span.traceId,
      spans: [
        {
          traceID: span.traceId,
          spanID: span.spanId,
          parentSpanID: span.parentSpanId,
          operationName: span.name,
          references: span.references.map(({ refType, traceId, spanId }) => ({
            refType,
            traceID: traceId,
            spanID: spanId,
          })),
          flags: span.flags >>> 0,
          startTime: String(span.startMicros),
          duration: String(span.durationMicros),
          tags: span.tags.map(jsonTag),
          logs: span.logs.map(({ micros, fields }) => ({
            timestamp: String(micros),
            fields: fields.map(jsonTag),
          })),
          processID: "p1",
        },
      ],
      processes: { p1: { serviceName: process.serviceName, tags: process.tags.map(jsonTag) } },
    })),
  });
}

function jsonTag([key, value]: Tags[number]): object {
  if (typeof value === "string") return { key, type: "string", value };
  if (typeof value === "boolean") return { key, type: "bool", value };
  if (typeof value === "bigint") return { key, type: "int64", value: String(value) };
  if (typeof value === "number") {
    return { key, type: "float64", value: Object.is(value, -0) ? "-0" : String(value) };
  }
  return { key, type: "binary", value: Buffer.from(value).toString("base64") };
}

/** What a collector takes over HTTP. */
export function thriftBatch(batch: Batch): Uint8Array {
  return thriftBytes("binary", batchStruct(batch));
}

/** What an agent takes in one packet. */
export function thriftPacket(protocol: ThriftProtocol, batch: Batch): Uint8Array {
  return thriftMessage(protocol, "emitBatch", struct([1, batchStruct(batch)]));
}

export function oldThriftPacket(batch: Batch): Uint8Array {
  return oldThriftMessage("emitBatch", struct([1, batchStruct(batch)]));
}

export function batchStruct({ process, spans, seqNo, stats }: Batch): ThriftValue {
  const fields: ThriftField[] = [
    [1, processStruct(process)],
    [2, list("struct", spans.map(spanStruct))],
  ];
  if (seqNo !== undefined) fields.push([3, i64(seqNo)]);
  if (stats !== undefined) {
    fields.push([4, struct(...stats.map((count, n): ThriftField => [n + 1, i64(count)]))]);
  }
  return struct(...fields);
}

export function processStruct({ serviceName, tags }: BatchProcess): ThriftValue {
  return struct([1, string(serviceName)], [2, tagList(tags)]);
}

export function spanStruct(span: BatchSpan): ThriftValue {
  return struct(
    [1, i64(halfOf(span.traceId, 16))],
    [2, i64(halfOf(span.traceId, 0))],
    [3, i64(halfOf(span.spanId, 0))],
    [4, i64(halfOf(span.parentSpanId, 0))],
    [5, string(span.name)],
    [6, list("struct", span.references.map(referenceStruct))],
    [7, i32(span.flags | 0)],
    [8, i64(span.startMicros)],
    [9, i64(span.durationMicros)],
    [10, tagList(span.tags)],
    [
      11,
      list(
        "struct",
        span.logs.map(({ micros, fields }) => struct([1, i64(micros)], [2, tagList(fields)])),
      ),
    ],
  );
}

function referenceStruct({ refType, traceId, spanId }: BatchReference): ThriftValue {
  return struct(
    [1, i32(refType === "CHILD_OF" ? 0 : 1)],
    [2, i64(halfOf(traceId, 16))],
    [3, i64(halfOf(traceId, 0))],
    [4, i64(halfOf(spanId, 0))],
  );
}

export function tagList(tags: Tags): ThriftValue {
  return list(
    "struct",
    tags.map(([key, value]) => struct([1, string(key)], ...thriftValue(value))),
  );
}

function thriftValue(value: TagValue): ThriftField[] {
  if (typeof value === "string") {
    return [
      [2, i32(0)],
      [3, string(value)],
    ];
  }
  if (typeof value === "number") {
    return [
      [2, i32(1)],
      [4, double(value)],
    ];
  }
  if (typeof value === "boolean") {
    return [
      [2, i32(2)],
      [5, bool(value)],
    ];
  }
  if (typeof value === "bigint") {
    return [
      [2, i32(3)],
      [6, i64(value)],
    ];
  }
  return [
    [2, i32(4)],
    [7, string(value)],
  ];
}

function halfOf(hex: string, from: number): bigint {
  return BigInt.asIntN(64, BigInt(`0x${hex.slice(from, from + 16)}`));
}

/** jaeger.api_v2.PostSpansRequest. */
export function protobufBatch(
  { process, spans }: Batch,
  extra: {
    readonly processOf?: (span: BatchSpan) => BatchProcess | undefined;
    readonly warnings?: readonly string[];
  } = {},
): Uint8Array {
  const writer = new ProtobufWriter();
  writer.message(0x0a, () => {
    for (const span of spans) {
      writer.message(0x0a, () => {
        writeSpan(writer, span);
        const own = extra.processOf?.(span);
        if (own !== undefined) writer.message(0x52, () => writeProcess(writer, own));
        for (const warning of extra.warnings ?? []) writer.text(0x62, warning);
      });
    }
    writer.message(0x12, () => writeProcess(writer, process));
  });
  return writer.finish();
}

function writeProcess(writer: ProtobufWriter, { serviceName, tags }: BatchProcess): void {
  writer.text(0x0a, serviceName);
  writeTags(writer, 0x12, tags);
}

function writeSpan(writer: ProtobufWriter, span: BatchSpan): void {
  writer.bytes(0x0a, Buffer.from(span.traceId, "hex"));
  writer.bytes(0x12, Buffer.from(span.spanId, "hex"));
  writer.text(0x1a, span.name);
  for (const { refType, traceId, spanId } of span.references) {
    writer.message(0x22, () => {
      writer.bytes(0x0a, Buffer.from(traceId, "hex"));
      writer.bytes(0x12, Buffer.from(spanId, "hex"));
      if (refType === "FOLLOWS_FROM") {
        writer.varint(0x18);
        writer.varint(1);
      }
    });
  }
  writer.varint(0x28);
  writer.varint(span.flags >>> 0);
  writeTime(writer, 0x32, span.startMicros);
  writeTime(writer, 0x3a, span.durationMicros);
  writeTags(writer, 0x42, span.tags);
  for (const { micros, fields } of span.logs) {
    writer.message(0x4a, () => {
      writeTime(writer, 0x0a, micros);
      writeTags(writer, 0x12, fields);
    });
  }
}

/** Timestamp and Duration alike. */
function writeTime(writer: ProtobufWriter, tag: number, micros: bigint): void {
  writer.message(tag, () => {
    writer.varint(0x08);
    writer.int64(micros / 1_000_000n);
    writer.varint(0x10);
    writer.int64((micros % 1_000_000n) * 1000n);
  });
}

function writeTags(writer: ProtobufWriter, field: number, tags: Tags): void {
  for (const [key, value] of tags) {
    writer.message(field, () => {
      writer.text(0x0a, key);
      writeTagValue(writer, value);
    });
  }
}

function writeTagValue(writer: ProtobufWriter, value: TagValue): void {
  const type = (number: number, tag: number): void => {
    writer.varint(0x10);
    writer.varint(number);
    writer.varint(tag);
  };
  if (typeof value === "string") {
    writer.text(0x1a, value);
  } else if (typeof value === "boolean") {
    type(1, 0x20);
    writer.varint(value ? 1 : 0);
  } else if (typeof value === "bigint") {
    type(2, 0x28);
    writer.int64(value);
  } else if (typeof value === "number") {
    type(3, 0x31);
    writer.double(value);
  } else {
    writer.varint(0x10);
    writer.varint(4);
    writer.bytes(0x3a, value);
  }
}
