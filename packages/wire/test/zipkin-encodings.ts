// Zipkin spans in the encodings that only clients write, for tests: version 2 as protobuf, version 1 as JSON and Thrift.

import type { ZipkinEndpoint, ZipkinSpan } from "../src/index.ts";
import { ProtobufWriter } from "../src/protobuf-writer.ts";
import {
  bool,
  i32,
  i64,
  list,
  string,
  struct,
  type ThriftField,
  type ThriftValue,
  thriftBytes,
} from "./thrift-values.ts";

const PROTOBUF_KINDS = ["CLIENT", "SERVER", "PRODUCER", "CONSUMER"] as const;

export interface ZipkinV1Span {
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string;
  readonly name?: string;
  readonly timestamp?: number;
  readonly duration?: number;
  readonly debug?: true;
  readonly annotations?: readonly ZipkinV1Annotation[];
  readonly binaryAnnotations?: readonly ZipkinV1BinaryAnnotation[];
}

export interface ZipkinV1Annotation {
  readonly timestamp: number;
  readonly value: string;
  readonly endpoint?: ZipkinEndpoint;
}

export interface ZipkinV1BinaryAnnotation {
  readonly key: string;
  readonly value: string | boolean | number;
  readonly type?: string;
  readonly endpoint?: ZipkinEndpoint;
}

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

/** A span as clients of version 1 say it. */
export function zipkinV1Of(span: ZipkinSpan): ZipkinV1Span {
  const { traceId, id, parentId, name, timestamp, duration, debug, localEndpoint: local } = span;
  const at = local === undefined ? undefined : { endpoint: local };
  const core = (value: string, when: number) => ({ timestamp: when, value, ...at });
  const address = ADDRESS_OF_KIND[span.kind ?? "CLIENT"];
  const tags = Object.entries(span.tags ?? {}).map(([key, value]) => ({ key, value, ...at }));
  const annotations = (span.annotations ?? []).map((annotation) => ({ ...annotation, ...at }));
  return {
    traceId,
    id,
    ...(parentId === undefined ? undefined : { parentId }),
    ...(name === undefined ? undefined : { name }),
    ...(debug === undefined ? undefined : { debug }),
    // Whoever shares an id leaves the times to the client.
    ...(span.shared === true || timestamp === undefined ? undefined : { timestamp }),
    ...(span.shared === true || duration === undefined ? undefined : { duration }),
    annotations: [...coresOf(span).map(([value, when]) => core(value, when)), ...annotations],
    binaryAnnotations: [
      ...tags,
      ...(span.remoteEndpoint === undefined
        ? []
        : [{ key: address, value: true, endpoint: span.remoteEndpoint }]),
      // Something has to say who logged it.
      { key: "lc", value: "", ...at },
    ],
  };
}

const ADDRESS_OF_KIND = { CLIENT: "sa", SERVER: "ca", PRODUCER: "ma", CONSUMER: "ma" } as const;

function coresOf({ kind, timestamp, duration }: ZipkinSpan): (readonly [string, number])[] {
  if (kind === undefined || timestamp === undefined) return [];
  const end = duration === undefined ? undefined : timestamp + duration;
  const [first, last] = {
    CLIENT: ["cs", "cr"],
    SERVER: ["sr", "ss"],
    PRODUCER: ["ms", "ws"],
    CONSUMER: ["wr", "mr"],
  }[kind] as [string, string];
  if (end === undefined) return [[kind === "CONSUMER" ? last : first, timestamp]];
  return [
    [first, timestamp],
    [last, end],
  ];
}

/** A list of zipkincore.Span; values of binary annotations are text or true. */
export function zipkinThrift(spans: readonly ZipkinV1Span[]): Uint8Array {
  return thriftBytes("binary", list("struct", spans.map(thriftSpan)));
}

function thriftSpan(span: ZipkinV1Span): ThriftValue {
  const traceId = span.traceId.padStart(32, "0");
  const fields: ThriftField[] = [
    [1, idOf(traceId.slice(16))],
    [3, string(span.name ?? "")],
    [4, idOf(span.id)],
  ];
  if (span.parentId !== undefined) fields.push([5, idOf(span.parentId)]);
  fields.push([6, list("struct", (span.annotations ?? []).map(thriftAnnotation))]);
  fields.push([8, list("struct", (span.binaryAnnotations ?? []).map(thriftBinaryAnnotation))]);
  if (span.debug !== undefined) fields.push([9, bool(span.debug)]);
  if (span.timestamp !== undefined) fields.push([10, i64(BigInt(span.timestamp))]);
  if (span.duration !== undefined) fields.push([11, i64(BigInt(span.duration))]);
  fields.push([12, idOf(traceId.slice(0, 16))]);
  return struct(...fields);
}

function thriftAnnotation({ timestamp, value, endpoint }: ZipkinV1Annotation): ThriftValue {
  const fields: ThriftField[] = [
    [1, i64(BigInt(timestamp))],
    [2, string(value)],
  ];
  if (endpoint !== undefined) fields.push([3, thriftEndpoint(endpoint)]);
  return struct(...fields);
}

function thriftBinaryAnnotation({ key, value, endpoint }: ZipkinV1BinaryAnnotation): ThriftValue {
  const isTrue = value === true;
  const fields: ThriftField[] = [
    [1, string(key)],
    [2, string(isTrue ? Uint8Array.of(1) : String(value))],
    [3, i32(isTrue ? 0 : 6)],
  ];
  if (endpoint !== undefined) fields.push([4, thriftEndpoint(endpoint)]);
  return struct(...fields);
}

export function thriftEndpoint({ serviceName, ipv4, ipv6, port }: ZipkinEndpoint): ThriftValue {
  const v4 = ipv4 === undefined ? 0 : Buffer.from(ipv4Bytes(ipv4)).readInt32BE();
  const fields: ThriftField[] = [
    [1, i32(v4)],
    [2, { type: "i16", value: port ?? 0 }],
    [3, string(serviceName ?? "")],
  ];
  if (ipv6 !== undefined) fields.push([4, string(ipv6Bytes(ipv6))]);
  return struct(...fields);
}

function idOf(hex: string): ThriftValue {
  return i64(BigInt.asIntN(64, BigInt(`0x${hex}`)));
}
