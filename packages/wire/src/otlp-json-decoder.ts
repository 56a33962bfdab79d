// OTLP/JSON into a sink, by way of objects. Ids are hex in any case, enums are integers, 64-bit integers strings or
// numbers, names lowerCamelCase; what is not known is ignored.
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding

import {
  NO_ATTRIBUTES,
  type Resource,
  type Scope,
  type Span,
  type SpanEvent,
  type SpanLink,
  SpanReplay,
  type SpanSink,
} from "@culprit/trace-model";
import { type DecodeOutcome, OutcomeCount } from "./decode-outcome.ts";
import { parseExactJson, textOfUtf8 } from "./exact-json.ts";
import { idOfHex, linkIdOfHex } from "./json-ids.ts";
import { type JsonObject, JsonReader } from "./json-reader.ts";
import { readAttributes } from "./otlp-json-values.ts";
import { SharedObjects } from "./shared-objects.ts";

const NO_RESOURCE: JsonObject = {};
const NO_EVENTS: readonly SpanEvent[] = [];
const NO_LINKS: readonly SpanLink[] = [];

/** Keep one for many documents: equal resources and scopes then are the same objects from one to the next. */
export class OtlpJsonDecoder {
  readonly #reader = new OtlpJsonReader();

  /**
   * One document: ExportTraceServiceRequest or TracesData.
   * A span whose ids are not ids is left out and counted; a link whose ids are not ids counts as dropped.
   * @throws {WireError} when it is not such a document; the sink then may have been given a part of it.
   */
  decode(input: string | Uint8Array, sink: SpanSink): DecodeOutcome {
    const count = new OutcomeCount();
    const replay = new SpanReplay(sink);
    const text = typeof input === "string" ? input : textOfUtf8(input);
    this.#reader.document(parseExactJson(text), count, (span) => replay.span(span));
    return count.outcome();
  }
}

/** One document, with resources and scopes of its own. */
export function decodeOtlpJson(input: string | Uint8Array, sink: SpanSink): DecodeOutcome {
  return new OtlpJsonDecoder().decode(input, sink);
}

/** From a parsed document to spans. */
export class OtlpJsonReader {
  readonly #json = new JsonReader();
  readonly #shared = new SharedObjects();
  #count = new OutcomeCount();
  #emit: (span: Span) => void = () => {};

  /** @param emit is given each good span in the order of the document */
  document(parsed: unknown, count: OutcomeCount, emit: (span: Span) => void): void {
    this.#count = count;
    this.#emit = emit;
    this.#json.reset();
    this.#document(parsed);
  }

  #document(parsed: unknown): void {
    const json = this.#json;
    const outer = json.object(parsed);
    // What the v3 query API answers has the same document one level down.
    const inner = "resourceSpans" in outer ? undefined : json.objectIn(outer, "result");
    if (inner !== undefined) json.enter("result");
    this.#each(inner ?? outer, "resourceSpans", (entry) => this.#resourceSpans(entry));
  }

  #each(parent: JsonObject, key: string, read: (entry: JsonObject) => void): void {
    const json = this.#json;
    const list = json.arrayIn(parent, key);
    json.enter(key);
    for (let i = 0; i < list.length; i++) {
      json.enter(i);
      read(json.object(list[i]));
      json.leave();
    }
    json.leave();
  }

  #resourceSpans(entry: JsonObject): void {
    const json = this.#json;
    const fields = json.objectIn(entry, "resource") ?? NO_RESOURCE;
    json.enter("resource");
    const attributes = readAttributes(json, fields, "attributes");
    const droppedAttributesCount = json.uint32In(fields, "droppedAttributesCount");
    json.leave();
    const schemaUrl = json.textIn(entry, "schemaUrl");
    const resource = this.#shared.resource(attributes, droppedAttributesCount, schemaUrl);
    this.#each(entry, "scopeSpans", (scopeSpans) => this.#scopeSpans(scopeSpans, resource));
  }

  #scopeSpans(entry: JsonObject, resource: Resource): void {
    const json = this.#json;
    const fields = json.objectIn(entry, "scope") ?? NO_RESOURCE;
    json.enter("scope");
    const name = json.textIn(fields, "name");
    const version = json.textIn(fields, "version");
    const attributes = readAttributes(json, fields, "attributes");
    const droppedAttributesCount = json.uint32In(fields, "droppedAttributesCount");
    json.leave();
    const schemaUrl = json.textIn(entry, "schemaUrl");
    const scope = this.#shared.scope(name, version, attributes, droppedAttributesCount, schemaUrl);
    this.#each(entry, "spans", (span) => this.#span(span, resource, scope));
  }

  #span(fields: JsonObject, resource: Resource, scope: Scope): void {
    const json = this.#json;
    const traceIdText = json.textIn(fields, "traceId");
    const spanIdText = json.textIn(fields, "spanId");
    const parentText = json.textIn(fields, "parentSpanId");
    const traceId = idOfHex(traceIdText, 32);
    const spanId = idOfHex(spanIdText, 16);
    const parentSpanId = linkIdOfHex(parentText, 16);
    const links = this.#links(fields);
    const droppedLinks = json.arrayIn(fields, "links").length - links.length;
    const status = json.objectIn(fields, "status") ?? NO_RESOURCE;
    json.enter("status");
    const statusCode = json.enumIn(status, "code");
    const statusMessage = json.textIn(status, "message");
    json.leave();
    const span: Span = {
      traceId: traceId ?? "",
      spanId: spanId ?? "",
      parentSpanId: parentSpanId === undefined || parentSpanId === NO_PARENT ? "" : parentSpanId,
      traceState: json.textIn(fields, "traceState"),
      flags: json.uint32In(fields, "flags"),
      name: json.textIn(fields, "name"),
      kind: json.enumIn(fields, "kind"),
      startUnixNano: json.uint64In(fields, "startTimeUnixNano"),
      endUnixNano: json.uint64In(fields, "endTimeUnixNano"),
      attributes: readAttributes(json, fields, "attributes"),
      droppedAttributesCount: json.uint32In(fields, "droppedAttributesCount"),
      events: this.#events(fields),
      droppedEventsCount: json.uint32In(fields, "droppedEventsCount"),
      links,
      droppedLinksCount: (json.uint32In(fields, "droppedLinksCount") + droppedLinks) >>> 0,
      statusCode,
      statusMessage,
      resource,
      scope,
    };
    if (traceId === undefined) {
      this.#count.reject(`traceId ${shortened(traceIdText)} is not 32 hex digits, some not zero`);
    } else if (spanId === undefined) {
      this.#count.reject(`spanId ${shortened(spanIdText)} is not 16 hex digits, some not zero`);
    } else if (parentSpanId === undefined) {
      this.#count.reject(`parentSpanId ${shortened(parentText)} is not 16 hex digits`);
    } else {
      this.#count.spanCount++;
      this.#emit(span);
    }
  }

  #events(span: JsonObject): readonly SpanEvent[] {
    if (span.events === undefined) return NO_EVENTS;
    const json = this.#json;
    const events: SpanEvent[] = [];
    this.#each(span, "events", (fields) => {
      events.push({
        timeUnixNano: json.uint64In(fields, "timeUnixNano"),
        name: json.textIn(fields, "name"),
        attributes: readAttributes(json, fields, "attributes"),
        droppedAttributesCount: json.uint32In(fields, "droppedAttributesCount"),
      });
    });
    return events;
  }

  #links(span: JsonObject): readonly SpanLink[] {
    if (span.links === undefined) return NO_LINKS;
    const json = this.#json;
    const links: SpanLink[] = [];
    this.#each(span, "links", (fields) => {
      const traceId = linkIdOfHex(json.textIn(fields, "traceId"), 32);
      const spanId = linkIdOfHex(json.textIn(fields, "spanId"), 16);
      const traceState = json.textIn(fields, "traceState");
      const attributes =
        fields.attributes === undefined
          ? NO_ATTRIBUTES
          : readAttributes(json, fields, "attributes");
      const droppedAttributesCount = json.uint32In(fields, "droppedAttributesCount");
      const flags = json.uint32In(fields, "flags");
      if (traceId === undefined || spanId === undefined) return;
      links.push({ traceId, spanId, traceState, attributes, droppedAttributesCount, flags });
    });
    return links;
  }
}

const NO_PARENT = "0".repeat(16);

function shortened(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
