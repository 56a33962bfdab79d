// Zipkin's fixtures as the messages that they are: protobuf and Thrift are shown as JSON and have to be encoded first.

import { parseExactJson } from "../src/exact-json.ts";
import type { ZipkinAnnotation, ZipkinEndpoint, ZipkinSpan } from "../src/index.ts";
import { fixtureBytes } from "./shared-fixtures.ts";
import {
  type ZipkinV1Annotation,
  type ZipkinV1Span,
  zipkinProtobuf,
  zipkinThrift,
} from "./zipkin-encodings.ts";

export interface ZipkinMessage {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  /** Where a client posts it. */
  readonly apiPath: string;
}

/** @param path of the fixture */
export function zipkinMessage(path: string): ZipkinMessage {
  const bytes = fixtureBytes(path);
  const text = new TextDecoder().decode(bytes);
  const version = path.includes("_v1_") ? "v1" : "v2";
  const apiPath = `/api/${version}/spans`;
  if (path.includes("_proto_")) {
    const message = zipkinProtobuf(spansOfProtobufRendering(text));
    return { bytes: message, contentType: "application/x-protobuf", apiPath };
  }
  if (path.includes("_thrift_")) {
    const message = zipkinThrift(spansOfThriftRendering(text));
    return { bytes: message, contentType: "application/x-thrift", apiPath };
  }
  return { bytes, contentType: "application/json", apiPath };
}

interface ProtobufEndpoint {
  readonly service_name: string;
  readonly ipv4: string;
  readonly port?: number;
}

interface ProtobufSpan {
  readonly trace_id: string;
  readonly id: string;
  readonly parent_id?: string;
  readonly name: string;
  readonly kind?: number;
  readonly debug?: true;
  readonly shared?: true;
  readonly timestamp: number;
  readonly duration: number;
  readonly local_endpoint: ProtobufEndpoint;
  readonly remote_endpoint?: ProtobufEndpoint;
  readonly annotations?: readonly ZipkinAnnotation[];
  readonly tags?: { readonly [key: string]: string };
}

const KINDS = [undefined, "CLIENT", "SERVER", "PRODUCER", "CONSUMER"] as const;

function spansOfProtobufRendering(text: string): ZipkinSpan[] {
  const { spans } = JSON.parse(text) as { readonly spans: readonly ProtobufSpan[] };
  return spans.map(
    ({ trace_id, parent_id, kind: number, local_endpoint, remote_endpoint, id, ...same }) => {
      const kind = KINDS[number ?? 0];
      return {
        ...same,
        traceId: hexOf(trace_id),
        id: hexOf(id),
        ...(parent_id === undefined ? undefined : { parentId: hexOf(parent_id) }),
        ...(kind === undefined ? undefined : { kind }),
        localEndpoint: endpointOf(local_endpoint),
        ...(remote_endpoint === undefined
          ? undefined
          : { remoteEndpoint: endpointOf(remote_endpoint) }),
      };
    },
  );
}

function hexOf(base64: string): string {
  return Buffer.from(base64, "base64").toString("hex");
}

function endpointOf({ service_name, ipv4, port }: ProtobufEndpoint): ZipkinEndpoint {
  const address = [...Buffer.from(ipv4, "base64")].join(".");
  return {
    serviceName: service_name,
    ipv4: address,
    ...(port === undefined ? undefined : { port }),
  };
}

interface ThriftSpan {
  readonly trace_id: bigint;
  readonly id: bigint;
  readonly parent_id?: bigint;
  readonly name: string;
  readonly timestamp: number;
  readonly duration: number;
  readonly annotations: readonly ThriftAnnotation[];
}

interface ThriftAnnotation {
  readonly timestamp: number;
  readonly value: string;
  readonly host: { readonly ipv4: 0; readonly port: 0; readonly service_name: string };
}

function spansOfThriftRendering(text: string): ZipkinV1Span[] {
  const spans = parseExactJson(text) as readonly ThriftSpan[];
  return spans.map(({ trace_id, id, parent_id, name, timestamp, duration, annotations }) => ({
    traceId: hexOfInt64(trace_id),
    id: hexOfInt64(id),
    ...(parent_id === undefined ? undefined : { parentId: hexOfInt64(parent_id) }),
    name,
    timestamp,
    duration,
    annotations: annotations.map(annotationOf),
  }));
}

function hexOfInt64(value: bigint): string {
  return BigInt.asUintN(64, value).toString(16).padStart(16, "0");
}

function annotationOf({ timestamp, value, host }: ThriftAnnotation): ZipkinV1Annotation {
  return { timestamp, value, endpoint: { serviceName: host.service_name } };
}
