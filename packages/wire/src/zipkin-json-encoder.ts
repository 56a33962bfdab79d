// Spans to Zipkin v2 JSON. Zipkin's tags are text and it has no links, so the way back is not the same span.
// https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/zipkin/

import {
  type AttributeValue,
  type Span,
  type SpanEvent,
  SpanKind,
  StatusCode,
  serviceName,
} from "@culprit/trace-model";
import { nameOfKind, nameOfStatus } from "./foreign-tags.ts";
import { valueText } from "./value-text.ts";
import {
  CALLEE_KEYS,
  CALLER_KEYS,
  DEBUG_KEY,
  type EndpointKeys,
  LOCAL_KEYS,
  PEER_SERVICE_KEY,
  SHARED_KEY,
  type ZipkinAnnotation,
  type ZipkinEndpoint,
  type ZipkinSpan,
} from "./zipkin-json.ts";

const NANOS_PER_MICRO = 1000n;
const KINDS: { readonly [kind: number]: "CLIENT" | "SERVER" | "PRODUCER" | "CONSUMER" } = {
  [SpanKind.client]: "CLIENT",
  [SpanKind.server]: "SERVER",
  [SpanKind.producer]: "PRODUCER",
  [SpanKind.consumer]: "CONSUMER",
};

export function zipkinJsonOf(spans: readonly Span[]): ZipkinSpan[] {
  return spans.map(zipkinSpanOf);
}

/** One document without line breaks. */
export function encodeZipkinJson(spans: readonly Span[]): string {
  return JSON.stringify(zipkinJsonOf(spans));
}

function zipkinSpanOf(span: Span): ZipkinSpan {
  const attributes = new Map(span.attributes);
  const isShared = takeTrue(attributes, SHARED_KEY);
  const isDebug = takeTrue(attributes, DEBUG_KEY);
  const kind = KINDS[span.kind];
  const local = { serviceName: serviceName(span.resource), ...takeAddress(attributes, LOCAL_KEYS) };
  const remoteKeys = span.kind === SpanKind.server ? CALLER_KEYS : CALLEE_KEYS;
  const remote = { ...takePeer(attributes), ...takeAddress(attributes, remoteKeys) };
  const nanos = span.endUnixNano - span.startUnixNano;
  // Zipkin takes a duration of 0 for an unknown one, so what is shorter than a microsecond is one.
  const duration = nanos >= NANOS_PER_MICRO ? Number(nanos / NANOS_PER_MICRO) : 1;
  const tags = tagsOf(span, attributes);
  return {
    traceId: span.traceId,
    id: span.spanId,
    ...(span.parentSpanId === "" ? undefined : { parentId: span.parentSpanId }),
    ...(kind === undefined ? undefined : { kind }),
    ...(span.name === "" ? undefined : { name: span.name }),
    ...(span.startUnixNano === 0n
      ? undefined
      : { timestamp: Number(span.startUnixNano / NANOS_PER_MICRO) }),
    ...(nanos > 0n ? { duration } : undefined),
    ...(isDebug ? { debug: true } : undefined),
    ...(isShared ? { shared: true } : undefined),
    localEndpoint: local,
    ...(Object.keys(remote).length === 0 ? undefined : { remoteEndpoint: remote }),
    ...(span.events.length === 0 ? undefined : { annotations: span.events.map(annotationOf) }),
    ...(Object.keys(tags).length === 0 ? undefined : { tags }),
  };
}

function tagsOf(
  span: Span,
  attributes: ReadonlyMap<string, AttributeValue>,
): { readonly [key: string]: string } {
  const tags = new Map<string, string>();
  const add = (key: string, text: string | undefined) => {
    if (text !== undefined && text !== "") tags.set(key, text);
  };
  for (const [key, value] of span.resource.attributes) {
    if (key !== "service.name" || typeof value !== "string") tags.set(key, valueText(value));
  }
  for (const [key, value] of attributes) tags.set(key, valueText(value));
  add("otel.scope.name", span.scope.name);
  add("otel.scope.version", span.scope.version);
  add("otel.status_code", nameOfStatus(span.statusCode));
  add("otel.status_description", span.statusMessage);
  if (span.statusCode === StatusCode.error && !tags.has("error")) {
    tags.set("error", span.statusMessage === "" ? "true" : span.statusMessage);
  }
  add("w3c.tracestate", span.traceState);
  if (KINDS[span.kind] === undefined) add("span.kind", nameOfKind(span.kind));
  return Object.fromEntries(tags);
}

function annotationOf(event: SpanEvent): ZipkinAnnotation {
  const timestamp = Number(event.timeUnixNano / NANOS_PER_MICRO);
  if (event.attributes.size === 0) return { timestamp, value: event.name };
  return { timestamp, value: `"${event.name}": ${valueText(event.attributes)}` };
}

function takeTrue(attributes: Map<string, AttributeValue>, key: string): boolean {
  return attributes.get(key) === true && attributes.delete(key);
}

function takePeer(attributes: Map<string, AttributeValue>): ZipkinEndpoint {
  const peer = attributes.get(PEER_SERVICE_KEY);
  if (typeof peer !== "string" || peer === "") return {};
  attributes.delete(PEER_SERVICE_KEY);
  return { serviceName: peer };
}

/** Host names have no place in an endpoint: they stay tags, and their ports with them. */
function takeAddress(attributes: Map<string, AttributeValue>, keys: EndpointKeys): ZipkinEndpoint {
  const address = attributes.get(keys.address);
  const isV4 = typeof address === "string" && /^\d+\.\d+\.\d+\.\d+$/.test(address);
  const isV6 = typeof address === "string" && /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(address);
  if (address !== undefined && !isV4 && !isV6) return {};
  attributes.delete(keys.address);
  const port = attributes.get(keys.port);
  const isPort = typeof port === "bigint" && port > 0n && port < 65_536n;
  if (isPort) attributes.delete(keys.port);
  return {
    ...(isV4 ? { ipv4: address } : undefined),
    ...(isV6 ? { ipv6: address } : undefined),
    ...(isPort ? { port: Number(port) } : undefined),
  };
}
