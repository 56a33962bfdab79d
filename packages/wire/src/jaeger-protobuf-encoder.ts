// Spans to Jaeger's own protobuf model (jaeger.api_v2): `repeated Span spans = 1`, which is a SpansResponseChunk, a Trace
// and a Batch alike, since every span holds its process.
// https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v2/model.proto

import { type Resource, type Span, serviceName, type UnixNanos } from "@culprit/trace-model";
import {
  type JaegerField,
  jaegerDuration,
  jaegerFlags,
  jaegerLogFields,
  jaegerProcessTags,
  jaegerReferences,
  jaegerTags,
  jaegerWarnings,
} from "./jaeger-fields.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import { valueText } from "./value-text.ts";

const NANOS_PER_SECOND = 1_000_000_000n;

/** As `ValueType` numbers them; a string is 0 and is left out. */
const ValueType = { bool: 1, int64: 2, float64: 3, binary: 4 } as const;

const FOLLOWS_FROM = 1;

export function encodeJaegerProtobuf(spans: readonly Span[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const span of spans) writer.message(0x0a, () => writeSpan(writer, span));
  return writer.finish();
}

function writeSpan(writer: ProtobufWriter, span: Span): void {
  writer.hexField(0x0a, span.traceId);
  writer.hexField(0x12, span.spanId);
  writer.textField(0x1a, span.name);
  for (const { refType, traceId, spanId } of jaegerReferences(span)) {
    writer.message(0x22, () => {
      writer.hexField(0x0a, traceId);
      writer.hexField(0x12, spanId);
      if (refType === "FOLLOWS_FROM") writer.numberField(0x18, FOLLOWS_FROM);
    });
  }
  writer.numberField(0x28, jaegerFlags(span));
  writer.message(0x32, () => writeTime(writer, span.startUnixNano));
  writer.message(0x3a, () => writeTime(writer, jaegerDuration(span)));
  writeFields(writer, 0x42, jaegerTags(span));
  for (const event of span.events) {
    writer.message(0x4a, () => {
      writer.message(0x0a, () => writeTime(writer, event.timeUnixNano));
      writeFields(writer, 0x12, jaegerLogFields(event));
    });
  }
  writer.message(0x52, () => writeProcess(writer, span.resource));
  for (const warning of jaegerWarnings(span)) writer.text(0x62, warning);
}

function writeProcess(writer: ProtobufWriter, resource: Resource): void {
  writer.text(0x0a, serviceName(resource));
  writeFields(writer, 0x12, jaegerProcessTags(resource));
}

function writeFields(writer: ProtobufWriter, tag: number, fields: readonly JaegerField[]): void {
  for (const field of fields) writer.message(tag, () => writeField(writer, field));
}

function writeField(writer: ProtobufWriter, [key, value]: JaegerField): void {
  writer.textField(0x0a, key);
  if (typeof value === "boolean") {
    writer.numberField(0x10, ValueType.bool);
    writer.numberField(0x20, value ? 1 : 0);
  } else if (typeof value === "bigint") {
    writer.numberField(0x10, ValueType.int64);
    writer.varint(0x28);
    writer.int64(value);
  } else if (typeof value === "number") {
    writer.numberField(0x10, ValueType.float64);
    writer.varint(0x31);
    writer.double(value);
  } else if (value instanceof Uint8Array) {
    writer.numberField(0x10, ValueType.binary);
    writer.bytes(0x3a, value);
  } else {
    writer.textField(0x1a, valueText(value));
  }
}

/** A google.protobuf.Timestamp or Duration. */
function writeTime(writer: ProtobufWriter, nanos: UnixNanos): void {
  writer.numberField(0x08, Number(nanos / NANOS_PER_SECOND));
  writer.numberField(0x10, Number(nanos % NANOS_PER_SECOND));
}
