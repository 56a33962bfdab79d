// The sink for those who want objects: files that are analysed without a store, and tests.

import { type Attributes, type AttributeValue, NO_ATTRIBUTES } from "./attribute.ts";
import { hexOf } from "./hex.ts";
import type { Resource, Scope, Span, SpanEvent, SpanLink } from "./span.ts";
import type { SpanHead, SpanSink } from "./span-sink.ts";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const NO_RESOURCE: Resource = {
  attributes: NO_ATTRIBUTES,
  droppedAttributesCount: 0,
  schemaUrl: "",
};
const NO_SCOPE: Scope = {
  name: "",
  version: "",
  attributes: NO_ATTRIBUTES,
  droppedAttributesCount: 0,
  schemaUrl: "",
};

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return start === end ? "" : utf8.decode(bytes.subarray(start, end));
}

function unixNanosAt(bytes: Uint8Array, at: number): bigint {
  if (at < 0) return 0n;
  return new DataView(bytes.buffer, bytes.byteOffset + at, 8).getBigUint64(0, true);
}

/** Keeps every span it is given, in order, in `spans`. */
export class SpanCollector implements SpanSink {
  readonly spans: Span[] = [];
  #resource: Resource = NO_RESOURCE;
  #scope: Scope = NO_SCOPE;
  #span: Writable<Span> | undefined;
  #events: SpanEvent[] = [];
  #links: SpanLink[] = [];
  #spanAttributes: Map<string, AttributeValue> = new Map();
  #attributes: Map<string, AttributeValue> = this.#spanAttributes;

  resource(resource: Resource): void {
    this.#resource = resource;
  }

  scope(scope: Scope): void {
    this.#scope = scope;
  }

  beginSpan(head: SpanHead): void {
    const { bytes } = head;
    this.#spanAttributes = new Map();
    this.#attributes = this.#spanAttributes;
    this.#events = [];
    this.#links = [];
    this.#span = {
      traceId: hexOf(bytes, head.traceIdAt, head.traceIdAt + 16),
      spanId: hexOf(bytes, head.spanIdAt, head.spanIdAt + 8),
      parentSpanId:
        head.parentSpanIdAt < 0 ? "" : hexOf(bytes, head.parentSpanIdAt, head.parentSpanIdAt + 8),
      traceState: textOf(bytes, head.traceStateStart, head.traceStateEnd),
      flags: head.flags >>> 0,
      name: textOf(bytes, head.nameStart, head.nameEnd),
      kind: head.kind,
      startUnixNano: unixNanosAt(bytes, head.startUnixNanoAt),
      endUnixNano: unixNanosAt(bytes, head.endUnixNanoAt),
      attributes: this.#spanAttributes,
      droppedAttributesCount: head.droppedAttributesCount >>> 0,
      events: this.#events,
      droppedEventsCount: head.droppedEventsCount >>> 0,
      links: this.#links,
      droppedLinksCount: head.droppedLinksCount >>> 0,
      statusCode: head.statusCode,
      statusMessage: textOf(bytes, head.statusMessageStart, head.statusMessageEnd),
      resource: this.#resource,
      scope: this.#scope,
    };
  }

  endSpan(): void {
    if (this.#span !== undefined) this.spans.push(this.#span);
    this.#span = undefined;
  }

  stringAttribute(bytes: Uint8Array, ks: number, ke: number, vs: number, ve: number): void {
    this.#attributes.set(textOf(bytes, ks, ke), textOf(bytes, vs, ve));
  }

  boolAttribute(bytes: Uint8Array, ks: number, ke: number, value: boolean): void {
    this.#attributes.set(textOf(bytes, ks, ke), value);
  }

  intAttribute(bytes: Uint8Array, ks: number, ke: number, low: number, high: number): void {
    this.#attributes.set(
      textOf(bytes, ks, ke),
      BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low >>> 0)),
    );
  }

  doubleAttribute(bytes: Uint8Array, ks: number, ke: number, value: number): void {
    this.#attributes.set(textOf(bytes, ks, ke), value);
  }

  otherAttribute(
    bytes: Uint8Array,
    ks: number,
    ke: number,
    value: Uint8Array | null | readonly AttributeValue[] | Attributes,
  ): void {
    this.#attributes.set(textOf(bytes, ks, ke), value);
  }

  beginEvent(bytes: Uint8Array, timeAt: number, ns: number, ne: number, dropped: number): void {
    const attributes = new Map<string, AttributeValue>();
    this.#events.push({
      timeUnixNano: unixNanosAt(bytes, timeAt),
      name: textOf(bytes, ns, ne),
      attributes,
      droppedAttributesCount: dropped >>> 0,
    });
    this.#attributes = attributes;
  }

  endEvent(): void {
    this.#attributes = this.#spanAttributes;
  }

  beginLink(
    bytes: Uint8Array,
    traceIdAt: number,
    spanIdAt: number,
    traceStateStart: number,
    traceStateEnd: number,
    flags: number,
    dropped: number,
  ): void {
    const attributes = new Map<string, AttributeValue>();
    this.#links.push({
      traceId: hexOf(bytes, traceIdAt, traceIdAt + 16),
      spanId: hexOf(bytes, spanIdAt, spanIdAt + 8),
      traceState: textOf(bytes, traceStateStart, traceStateEnd),
      attributes,
      droppedAttributesCount: dropped >>> 0,
      flags: flags >>> 0,
    });
    this.#attributes = attributes;
  }

  endLink(): void {
    this.#attributes = this.#spanAttributes;
  }
}
