// Jaeger's trace JSON to spans: what the UI exports and the v1 API answers ({data: […]}), or traces alone.

import {
  type AttributeValue,
  type Resource,
  type Span,
  type SpanEvent,
  SpanReplay,
  type SpanSink,
} from "@culprit/trace-model";
import { type DecodeOutcome, OutcomeCount } from "./decode-outcome.ts";
import { parseExactJson, textOfUtf8 } from "./exact-json.ts";
import { type ForeignId, foreignId, ORIGINAL_ID_KEY, ORIGINAL_TRACE_ID_KEY } from "./foreign-id.ts";
import { takeFields } from "./foreign-tags.ts";
import { WARNINGS_KEY } from "./jaeger-json.ts";
import { processAttributes } from "./jaeger-process.ts";
import { type Reference, relationsOf } from "./jaeger-references.ts";
import { type JsonObject, JsonReader } from "./json-reader.ts";
import { SharedObjects } from "./shared-objects.ts";

const MAX_UINT64 = 0xffff_ffff_ffff_ffffn;

/**
 * A span without an id is left out and counted.
 * @throws {WireError} when it is not such a document; the sink then may have been given a part of it.
 */
export function decodeJaegerJson(input: string | Uint8Array, sink: SpanSink): DecodeOutcome {
  const count = new OutcomeCount();
  const replay = new SpanReplay(sink);
  const text = typeof input === "string" ? input : textOfUtf8(input);
  readJaegerDocument(parseExactJson(text), count, (span) => replay.span(span));
  return count.outcome();
}

export function readJaegerDocument(
  parsed: unknown,
  count: OutcomeCount,
  emit: (span: Span) => void,
): void {
  new JaegerJsonReader(count, emit).document(parsed);
}

class JaegerJsonReader {
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
    if (Array.isArray(parsed)) {
      this.#traces(parsed);
      return;
    }
    const document = json.object(parsed);
    if ("data" in document) {
      const traces = json.arrayIn(document, "data");
      json.enter("data");
      this.#traces(traces);
      json.leave();
    } else {
      this.#trace(document);
    }
  }

  #traces(traces: readonly unknown[]): void {
    const json = this.#json;
    for (let i = 0; i < traces.length; i++) {
      json.enter(i);
      this.#trace(json.object(traces[i]));
      json.leave();
    }
  }

  #trace(trace: JsonObject): void {
    const json = this.#json;
    const traceId = json.textIn(trace, "traceID");
    const processes = this.#processes(trace);
    const spans = json.arrayIn(trace, "spans");
    json.enter("spans");
    for (let i = 0; i < spans.length; i++) {
      json.enter(i);
      this.#span(json.object(spans[i]), traceId, processes);
      json.leave();
    }
    json.leave();
  }

  #processes(trace: JsonObject): ReadonlyMap<string, Resource> {
    const json = this.#json;
    const resources = new Map<string, Resource>();
    const processes = json.objectIn(trace, "processes");
    if (processes === undefined) return resources;
    json.enter("processes");
    for (const id of Object.keys(processes)) {
      const process = json.objectIn(processes, id);
      if (process === undefined) continue;
      json.enter(id);
      resources.set(id, this.#resource(process));
      json.leave();
    }
    json.leave();
    return resources;
  }

  /** Equal processes are one object through the whole document. */
  #resource(process: JsonObject): Resource {
    const json = this.#json;
    const service = json.textIn(process, "serviceName");
    return this.#shared.resource(processAttributes(service, this.#tags(process, "tags")));
  }

  #span(fields: JsonObject, traceIdOfAll: string, processes: ReadonlyMap<string, Resource>): void {
    const json = this.#json;
    const traceIdText = json.textIn(fields, "traceID") || traceIdOfAll;
    const traceId = foreignId(traceIdText, 32);
    const spanIdText = json.textIn(fields, "spanID");
    const spanId = foreignId(spanIdText, 16);
    const attributes = this.#tags(fields, "tags");
    const { scopeName, scopeVersion, ...taken } = takeFields(attributes);
    this.#keepOriginals(attributes, traceId, traceIdText, spanId, spanIdText);
    const warnings = json.arrayIn(fields, "warnings").filter((text) => typeof text === "string");
    if (warnings.length > 0) attributes.set(WARNINGS_KEY, warnings);
    const parent = foreignId(json.textIn(fields, "parentSpanID"), 16).id;
    const start = json.microsIn(fields, "startTime");
    const end = start + json.microsIn(fields, "duration");
    const own = json.objectIn(fields, "process");
    const resource =
      own === undefined ? processes.get(json.textIn(fields, "processID")) : this.#resource(own);
    const span: Span = {
      traceId: traceId.id,
      spanId: spanId.id,
      ...relationsOf(traceId.id, this.#references(fields, traceId.id), parent),
      ...taken,
      flags: json.uint32In(fields, "flags"),
      name: json.textIn(fields, "operationName"),
      startUnixNano: start,
      endUnixNano: end > MAX_UINT64 ? MAX_UINT64 : end,
      attributes,
      droppedAttributesCount: 0,
      events: this.#events(fields),
      droppedEventsCount: 0,
      droppedLinksCount: 0,
      resource: resource ?? this.#resource({}),
      scope: this.#shared.scope(scopeName, scopeVersion),
    };
    if (span.traceId === "" || span.spanId === "") {
      const which = span.traceId === "" ? "traceID" : "spanID";
      this.#count.reject(`a span without a ${which} ("${span.name}")`);
      return;
    }
    this.#count.spanCount++;
    this.#emit(span);
  }

  #keepOriginals(
    attributes: Map<string, AttributeValue>,
    traceId: ForeignId,
    traceIdText: string,
    spanId: ForeignId,
    spanIdText: string,
  ): void {
    if (spanId.isHashed) attributes.set(ORIGINAL_ID_KEY, spanIdText);
    if (traceId.isHashed) attributes.set(ORIGINAL_TRACE_ID_KEY, traceIdText);
  }

  #references(fields: JsonObject, traceId: string): Reference[] {
    const json = this.#json;
    const found: Reference[] = [];
    const references = json.arrayIn(fields, "references");
    json.enter("references");
    for (let i = 0; i < references.length; i++) {
      json.enter(i);
      const reference = json.object(references[i]);
      const spanId = foreignId(json.textIn(reference, "spanID"), 16).id;
      const refType = json.textIn(reference, "refType");
      if (spanId !== "") {
        found.push({
          refType: refType === "FOLLOWS_FROM" ? "FOLLOWS_FROM" : "CHILD_OF",
          traceId: foreignId(json.textIn(reference, "traceID"), 32).id || traceId,
          spanId,
        });
      }
      json.leave();
    }
    json.leave();
    return found;
  }

  #events(fields: JsonObject): SpanEvent[] {
    const json = this.#json;
    const logs = json.arrayIn(fields, "logs");
    json.enter("logs");
    const events = logs.map((entry, i) => {
      json.enter(i);
      const log = json.object(entry);
      const attributes = this.#tags(log, "fields");
      const event = attributes.get("event");
      const name = typeof event === "string" ? event : "";
      if (name !== "") attributes.delete("event");
      const timeUnixNano = json.microsIn(log, "timestamp");
      json.leave();
      return { timeUnixNano, name, attributes, droppedAttributesCount: 0 };
    });
    json.leave();
    return events;
  }

  #tags(parent: JsonObject, key: string): Map<string, AttributeValue> {
    const json = this.#json;
    const attributes = new Map<string, AttributeValue>();
    const tags = json.arrayIn(parent, key);
    json.enter(key);
    for (let i = 0; i < tags.length; i++) {
      json.enter(i);
      const tag = json.object(tags[i]);
      attributes.set(json.textIn(tag, "key"), this.#tagValue(tag));
      json.leave();
    }
    json.leave();
    return attributes;
  }

  /** By the tag's type, else by the value's own; Elasticsearch documents have all values as text. */
  #tagValue(tag: JsonObject): AttributeValue {
    const json = this.#json;
    const { value } = tag;
    switch (json.textIn(tag, "type").toLowerCase()) {
      case "bool":
        if (typeof value === "boolean") return value;
        if (value === "true" || value === "false") return value === "true";
        return json.fail("value", "true or false", value);
      case "int64":
        return json.int64In(tag, "value");
      case "float64":
        return json.doubleIn(tag, "value");
      case "binary":
        return json.base64In(tag, "value");
      default:
        if (typeof value === "string" || typeof value === "boolean") return value;
        if (typeof value === "bigint") return value;
        if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
        if (value === undefined || value === null) return "";
        return json.fail("value", "a string, a number or a truth", value);
    }
  }
}
