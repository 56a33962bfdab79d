// Spans to OTLP/protobuf (TracesData, which is ExportTraceServiceRequest on the wire). Defaults are left out, as
// proto3 does. For tests, loaders and files: readable first, quick second.

import type { Attributes, AttributeValue, Resource, Scope, Span } from "@culprit/trace-model";
import { ProtobufWriter } from "./protobuf-writer.ts";
import { groupSpans } from "./span-groups.ts";

export function encodeOtlpProtobuf(spans: readonly Span[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const { resource, scopes } of groupSpans(spans)) {
    writer.message(0x0a, () => {
      writer.message(0x0a, () => writeResource(writer, resource));
      for (const { scope, spans: group } of scopes) {
        writer.message(0x12, () => {
          writer.message(0x0a, () => writeScope(writer, scope));
          for (const span of group) writer.message(0x12, () => writeSpan(writer, span));
          writer.textField(0x1a, scope.schemaUrl);
        });
      }
      writer.textField(0x1a, resource.schemaUrl);
    });
  }
  return writer.finish();
}

function writeResource(writer: ProtobufWriter, resource: Resource): void {
  writeAttributes(writer, 0x0a, resource.attributes);
  writer.numberField(0x10, resource.droppedAttributesCount);
}

function writeScope(writer: ProtobufWriter, scope: Scope): void {
  writer.textField(0x0a, scope.name);
  writer.textField(0x12, scope.version);
  writeAttributes(writer, 0x1a, scope.attributes);
  writer.numberField(0x20, scope.droppedAttributesCount);
}

function writeSpan(writer: ProtobufWriter, span: Span): void {
  writer.hexField(0x0a, span.traceId);
  writer.hexField(0x12, span.spanId);
  writer.textField(0x1a, span.traceState);
  if (span.parentSpanId !== "") writer.hexField(0x22, span.parentSpanId);
  writer.textField(0x2a, span.name);
  writeEnum(writer, 0x30, span.kind);
  writeTime(writer, 0x39, span.startUnixNano);
  writeTime(writer, 0x41, span.endUnixNano);
  writeAttributes(writer, 0x4a, span.attributes);
  writer.numberField(0x50, span.droppedAttributesCount);
  for (const event of span.events) {
    writer.message(0x5a, () => {
      writeTime(writer, 0x09, event.timeUnixNano);
      writer.textField(0x12, event.name);
      writeAttributes(writer, 0x1a, event.attributes);
      writer.numberField(0x20, event.droppedAttributesCount);
    });
  }
  writer.numberField(0x60, span.droppedEventsCount);
  for (const link of span.links) {
    writer.message(0x6a, () => {
      writer.hexField(0x0a, link.traceId);
      writer.hexField(0x12, link.spanId);
      writer.textField(0x1a, link.traceState);
      writeAttributes(writer, 0x22, link.attributes);
      writer.numberField(0x28, link.droppedAttributesCount);
      writeFlags(writer, 0x35, link.flags);
    });
  }
  writer.numberField(0x70, span.droppedLinksCount);
  if (span.statusCode !== 0 || span.statusMessage !== "") {
    writer.message(0x7a, () => {
      writer.textField(0x12, span.statusMessage);
      writeEnum(writer, 0x18, span.statusCode);
    });
  }
  writeFlags(writer, 0x85, span.flags);
}

function writeAttributes(writer: ProtobufWriter, tag: number, attributes: Attributes): void {
  for (const [key, value] of attributes) {
    writer.message(tag, () => {
      writer.textField(0x0a, key);
      writer.message(0x12, () => writeValue(writer, value));
    });
  }
}

/** An AnyValue: the one field that is set is written even when it holds its type's default. */
function writeValue(writer: ProtobufWriter, value: AttributeValue): void {
  if (value === null) return;
  if (typeof value === "string") {
    writer.text(0x0a, value);
  } else if (typeof value === "boolean") {
    writer.varint(0x10);
    writer.varint(value ? 1 : 0);
  } else if (typeof value === "bigint") {
    writer.varint(0x18);
    writer.int64(value);
  } else if (typeof value === "number") {
    writer.varint(0x21);
    writer.double(value);
  } else if (value instanceof Uint8Array) {
    writer.bytes(0x3a, value);
  } else if (value instanceof Map) {
    writer.message(0x32, () => writeAttributes(writer, 0x0a, value));
  } else {
    const elements = value as readonly AttributeValue[];
    writer.message(0x2a, () => {
      for (const element of elements) writer.message(0x0a, () => writeValue(writer, element));
    });
  }
}

function writeTime(writer: ProtobufWriter, tag: number, time: bigint): void {
  if (time === 0n) return;
  writer.varint(tag);
  writer.fixed64(time);
}

function writeEnum(writer: ProtobufWriter, tag: number, value: number): void {
  if (value === 0) return;
  writer.varint(tag);
  writer.int64(BigInt(value));
}

function writeFlags(writer: ProtobufWriter, tag: number, flags: number): void {
  if (flags === 0) return;
  writer.varint(tag);
  writer.fixed32(flags);
}
