// Zipkin v2 JSON (an array of spans) to spans. The two halves of a shared span keep their one id: taking them apart is
// the trace's matter, not the wire's.

import {
  type AttributeValue,
  type Span,
  SpanKind,
  SpanReplay,
  type SpanSink,
  StatusCode,
} from "@culprit/trace-model";
import { type DecodeOutcome, OutcomeCount } from "./decode-outcome.ts";
import { parseExactJson, textOfUtf8 } from "./exact-json.ts";
import { foreignId, ORIGINAL_ID_KEY, ORIGINAL_TRACE_ID_KEY } from "./foreign-id.ts";
import { kindOfName, takeFields } from "./foreign-tags.ts";
import { type JsonObject, JsonReader } from "./json-reader.ts";
import { SharedObjects } from "./shared-objects.ts";
import {
  CALLEE_KEYS,
  CALLER_KEYS,
  DEBUG_KEY,
  type EndpointKeys,
  LOCAL_KEYS,
  PEER_SERVICE_KEY,
  SHARED_KEY,
} from "./zipkin-json.ts";

const MAX_UINT64 = 0xffff_ffff_ffff_ffffn;

/**
 * A span without an id is left out and counted.
 * @throws {WireError} when it is not such a document; the sink then may have been given a part of it.
 */
export function decodeZipkinJson(input: string | Uint8Array, sink: SpanSink): DecodeOutcome {
  const count = new OutcomeCount();
  const replay = new SpanReplay(sink);
  const text = typeof input === "string" ? input : textOfUtf8(input);
  readZipkinDocument(parseExactJson(text), count, (span) => replay.span(span));
  return count.outcome();
}

/** An array of spans, an array of such arrays (traces, as Zipkin's search answers), or one span. */
export function readZipkinDocument(
  parsed: unknown,
  count: OutcomeCount,
  emit: (span: Span) => void,
): void {
  new ZipkinJsonReader(count, emit).document(parsed);
}

class ZipkinJsonReader {
  readonly #json = new JsonReader();
  readonly #count: OutcomeCount;
  readonly #emit: (span: Span) => void;
  readonly #shared = new SharedObjects();

  constructor(count: OutcomeCount, emit: (span: Span) => void) {
    this.#count = count;
    this.#emit = emit;
  }

  document(parsed: unknown): void {
    const json = this.#json;
    const list = Array.isArray(parsed) ? parsed : [parsed];
    for (let i = 0; i < list.length; i++) {
      json.enter(i);
      const entry: unknown = list[i];
      if (Array.isArray(entry)) {
        for (let k = 0; k < entry.length; k++) {
          json.enter(k);
          this.#span(json.object(entry[k]));
          json.leave();
        }
      } else {
        this.#span(json.object(entry));
      }
      json.leave();
    }
  }

  #span(fields: JsonObject): void {
    const json = this.#json;
    const traceIdText = json.textIn(fields, "traceId");
    const traceId = foreignId(traceIdText, 32);
    const idText = json.textIn(fields, "id");
    const spanId = foreignId(idText, 16);
    const tags = this.#tags(fields);
    const { scopeName, scopeVersion, ...taken } = takeFields(tags);
    const error = tags.get("error");
    const isError = typeof error === "string" && error !== "false";
    const statusCode =
      taken.statusCode === StatusCode.unset && isError ? StatusCode.error : taken.statusCode;
    const kind = kindOfName(json.textIn(fields, "kind")) ?? taken.kind;

    const attributes = new Map<string, AttributeValue>();
    const service = this.#endpoint(fields, "localEndpoint", LOCAL_KEYS, attributes);
    const remoteKeys = kind === SpanKind.server ? CALLER_KEYS : CALLEE_KEYS;
    const peer = this.#endpoint(fields, "remoteEndpoint", remoteKeys, attributes);
    if (peer !== "") attributes.set(PEER_SERVICE_KEY, peer);
    for (const [key, value] of tags) attributes.set(key, value);
    if (fields.shared === true) attributes.set(SHARED_KEY, true);
    if (fields.debug === true) attributes.set(DEBUG_KEY, true);
    if (spanId.isHashed) attributes.set(ORIGINAL_ID_KEY, idText);
    if (traceId.isHashed) attributes.set(ORIGINAL_TRACE_ID_KEY, traceIdText);

    const events = this.#events(fields);
    const parentSpanId = foreignId(json.textIn(fields, "parentId"), 16).id;
    const start = json.microsIn(fields, "timestamp") || earliest(events);
    const end = start + json.microsIn(fields, "duration");
    const resource = new Map<string, AttributeValue>();
    if (service !== "") resource.set("service.name", service);
    const span: Span = {
      ...taken,
      traceId: traceId.id,
      spanId: spanId.id,
      parentSpanId: parentSpanId === spanId.id ? "" : parentSpanId,
      flags: 0,
      name: json.textIn(fields, "name"),
      kind,
      startUnixNano: start,
      endUnixNano: end > MAX_UINT64 ? MAX_UINT64 : end,
      attributes,
      droppedAttributesCount: 0,
      events,
      droppedEventsCount: 0,
      links: [],
      droppedLinksCount: 0,
      statusCode,
      statusMessage:
        taken.statusMessage === "" && isError && error !== "true" ? error : taken.statusMessage,
      resource: this.#shared.resource(resource),
      scope: this.#shared.scope(scopeName, scopeVersion),
    };
    if (span.traceId === "" || span.spanId === "") {
      const which = span.traceId === "" ? "traceId" : "id";
      this.#count.reject(`a span without ${which === "id" ? "an" : "a"} ${which} ("${span.name}")`);
      return;
    }
    this.#count.spanCount++;
    this.#emit(span);
  }

  #tags(fields: JsonObject): Map<string, AttributeValue> {
    const json = this.#json;
    const tags = new Map<string, AttributeValue>();
    const given = json.objectIn(fields, "tags");
    if (given === undefined) return tags;
    json.enter("tags");
    for (const key of Object.keys(given)) {
      const value = given[key];
      if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") {
        tags.set(key, String(value));
      } else {
        tags.set(key, json.textIn(given, key));
      }
    }
    json.leave();
    return tags;
  }

  /** @returns the name of its service, "" without one */
  #endpoint(
    fields: JsonObject,
    key: string,
    keys: EndpointKeys,
    attributes: Map<string, AttributeValue>,
  ): string {
    const json = this.#json;
    const endpoint = json.objectIn(fields, key);
    if (endpoint === undefined) return "";
    json.enter(key);
    const address = json.textIn(endpoint, "ipv4") || json.textIn(endpoint, "ipv6");
    if (address !== "") attributes.set(keys.address, address);
    const port = json.uint32In(endpoint, "port");
    if (port !== 0) attributes.set(keys.port, BigInt(port));
    const service = json.textIn(endpoint, "serviceName");
    json.leave();
    return service;
  }

  #events(fields: JsonObject): Span["events"] {
    const json = this.#json;
    const annotations = json.arrayIn(fields, "annotations");
    json.enter("annotations");
    const events = annotations.map((entry, i) => {
      json.enter(i);
      const annotation = json.object(entry);
      const timeUnixNano = json.microsIn(annotation, "timestamp");
      const name = json.textIn(annotation, "value");
      json.leave();
      return { timeUnixNano, name, attributes: NO_TAGS, droppedAttributesCount: 0 };
    });
    json.leave();
    return events;
  }
}

const NO_TAGS: ReadonlyMap<string, AttributeValue> = new Map<string, AttributeValue>();

function earliest(events: Span["events"]): bigint {
  let first = 0n;
  for (const { timeUnixNano } of events) {
    if (timeUnixNano !== 0n && (first === 0n || timeUnixNano < first)) first = timeUnixNano;
  }
  return first;
}
