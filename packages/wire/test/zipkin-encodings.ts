// Zipkin spans in the encodings that only clients write, for tests: version 2 as protobuf, version 1 as JSON and Thrift.

import type { ZipkinEndpoint, ZipkinSpan } from "../src/index.ts";
import { ProtobufWriter } from "../src/protobuf-writer.ts";

const PROTOBUF_KINDS = ["CLIENT", "SERVER", "PRODUCER", "CONSUMER"] as const;

/** zipkin.proto3.ListOfSpans. */
export function zipkinProtobuf(spans: readonly ZipkinSpan[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const span of spans) writer.message(0x0a, () => writeSpan(writer, span));
  return writer.finish();
}

function writeSpan(writer: ProtobufWriter, span: ZipkinSpan): void {
  writer.bytes(0x0a, Buffer.from(span.traceId, "hex"));
  if (span.parentId !== undefined) writer.bytes(0x12, Buffer.from(span.parentId, "hex"));
  writer.bytes(0x1a, Buffer.from(span.id, "hex"));
  if (span.kind !== undefined) {
    writer.varint(0x20);
    writer.varint(1 + PROTOBUF_KINDS.indexOf(span.kind));
  }
  if (span.name !== undefined) writer.text(0x2a, span.name);
  if (span.timestamp !== undefined) {
    writer.varint(0x31);
    writer.fixed64(BigInt(span.timestamp));
  }
  if (span.duration !== undefined) {
    writer.varint(0x38);
    writer.varint(span.duration);
  }
  const { localEndpoint, remoteEndpoint } = span;
  if (localEndpoint !== undefined) {
    writer.message(0x42, () => writeEndpoint(writer, localEndpoint));
  }
  if (remoteEndpoint !== undefined) {
    writer.message(0x4a, () => writeEndpoint(writer, remoteEndpoint));
  }
  for (const { timestamp, value } of span.annotations ?? []) {
    writer.message(0x52, () => {
      writer.varint(0x09);
      writer.fixed64(BigInt(timestamp));
      writer.text(0x12, value);
    });
  }
  for (const [key, value] of Object.entries(span.tags ?? {})) {
    writer.message(0x5a, () => {
      writer.text(0x0a, key);
      writer.text(0x12, value);
    });
  }
  writeTrue(writer, 0x60, span.debug);
  writeTrue(writer, 0x68, span.shared);
}

function writeTrue(writer: ProtobufWriter, tag: number, value: boolean | undefined): void {
  if (value !== true) return;
  writer.varint(tag);
  writer.varint(1);
}

function writeEndpoint(writer: ProtobufWriter, endpoint: ZipkinEndpoint): void {
  const { serviceName, ipv4, ipv6, port } = endpoint;
  if (serviceName !== undefined) writer.text(0x0a, serviceName);
  if (ipv4 !== undefined) writer.bytes(0x12, ipv4Bytes(ipv4));
  if (ipv6 !== undefined) writer.bytes(0x1a, ipv6Bytes(ipv6));
  if (port === undefined) return;
  writer.varint(0x20);
  writer.varint(port);
}

export function ipv4Bytes(text: string): Uint8Array {
  return Uint8Array.from(text.split("."), Number);
}

/** @param text with eight groups or one "::" */
export function ipv6Bytes(text: string): Uint8Array {
  const [before = "", after = ""] = text.split("::");
  const groupsOf = (part: string) =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const head = groupsOf(before);
  const tail = groupsOf(after);
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => 0);
  return Uint8Array.from(
    [...head, ...zeros, ...tail].flatMap((group) => [group >> 8, group & 255]),
  );
}
