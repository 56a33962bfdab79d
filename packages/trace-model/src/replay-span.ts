// Objects back into a sink: the way in for formats that are parsed to objects anyway (all of JSON).

import type { Attributes, AttributeValue } from "./attribute.ts";
import { putHex } from "./hex.ts";
import type { Span } from "./span.ts";
import { newSpanHead, type SpanHead, type SpanSink } from "./span-sink.ts";

const encoder = new TextEncoder();

/** Drives a sink with whole spans. Keep one for many spans: it owns the scratch bytes. */
export class SpanReplay {
  readonly #sink: SpanSink;
  readonly #head: SpanHead = newSpanHead();
  #bytes: Uint8Array = new Uint8Array(4096);
  #view: DataView = new DataView(this.#bytes.buffer);
  #used = 0;
  #resource: Span["resource"] | undefined;
  #scope: Span["scope"] | undefined;

  constructor(sink: SpanSink) {
    this.#sink = sink;
  }

  span(span: Span): void {
    const sink = this.#sink;
    if (span.resource !== this.#resource) {
      this.#resource = span.resource;
      sink.resource(span.resource);
    }
    if (span.scope !== this.#scope) {
      this.#scope = span.scope;
      sink.scope(span.scope);
    }
    this.#used = 0;
    const head = this.#head;
    head.traceIdAt = this.#hex(span.traceId);
    head.spanIdAt = this.#hex(span.spanId);
    head.parentSpanIdAt = span.parentSpanId === "" ? -1 : this.#hex(span.parentSpanId);
    head.traceStateStart = this.#text(span.traceState);
    head.traceStateEnd = this.#used;
    head.flags = span.flags | 0;
    head.nameStart = this.#text(span.name);
    head.nameEnd = this.#used;
    head.kind = span.kind | 0;
    head.startUnixNanoAt = this.#uint64(span.startUnixNano);
    head.endUnixNanoAt = this.#uint64(span.endUnixNano);
    head.droppedAttributesCount = span.droppedAttributesCount | 0;
    head.droppedEventsCount = span.droppedEventsCount | 0;
    head.droppedLinksCount = span.droppedLinksCount | 0;
    head.statusCode = span.statusCode | 0;
    head.statusMessageStart = this.#text(span.statusMessage);
    head.statusMessageEnd = this.#used;
    head.bytes = this.#bytes;
    sink.beginSpan(head);
    this.#attributes(span.attributes);
    for (const event of span.events) {
      this.#used = 0;
      const timeAt = this.#uint64(event.timeUnixNano);
      const nameStart = this.#text(event.name);
      sink.beginEvent(this.#bytes, timeAt, nameStart, this.#used, event.droppedAttributesCount | 0);
      this.#attributes(event.attributes);
      sink.endEvent();
    }
    for (const link of span.links) {
      this.#used = 0;
      const traceIdAt = this.#hex(link.traceId);
      const spanIdAt = this.#hex(link.spanId);
      const stateStart = this.#text(link.traceState);
      const dropped = link.droppedAttributesCount | 0;
      sink.beginLink(
        this.#bytes,
        traceIdAt,
        spanIdAt,
        stateStart,
        this.#used,
        link.flags | 0,
        dropped,
      );
      this.#attributes(link.attributes);
      sink.endLink();
    }
    sink.endSpan();
  }

  #attributes(attributes: Attributes): void {
    for (const [key, value] of attributes) {
      this.#used = 0;
      const keyStart = this.#text(key);
      this.#value(keyStart, this.#used, value);
    }
  }

  #value(keyStart: number, keyEnd: number, value: AttributeValue): void {
    const sink = this.#sink;
    if (typeof value === "string") {
      const start = this.#text(value);
      sink.stringAttribute(this.#bytes, keyStart, keyEnd, start, this.#used);
    } else if (typeof value === "boolean") {
      sink.boolAttribute(this.#bytes, keyStart, keyEnd, value);
    } else if (typeof value === "bigint") {
      const low = Number(BigInt.asIntN(32, value));
      const high = Number(BigInt.asIntN(32, value >> 32n));
      sink.intAttribute(this.#bytes, keyStart, keyEnd, low, high);
    } else if (typeof value === "number") {
      sink.doubleAttribute(this.#bytes, keyStart, keyEnd, value);
    } else {
      sink.otherAttribute(this.#bytes, keyStart, keyEnd, value);
    }
  }

  #room(sizeBytes: number): void {
    if (this.#used + sizeBytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#used + sizeBytes));
    larger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }

  #hex(hex: string): number {
    const at = this.#used;
    this.#room(hex.length >> 1);
    putHex(hex, this.#bytes, at);
    this.#used = at + (hex.length >> 1);
    return at;
  }

  #text(text: string): number {
    const at = this.#used;
    // UTF-8 needs at most three bytes for a UTF-16 unit.
    this.#room(text.length * 3);
    this.#used = at + encoder.encodeInto(text, this.#bytes.subarray(at)).written;
    return at;
  }

  #uint64(value: bigint): number {
    const at = this.#used;
    this.#room(8);
    this.#view.setBigUint64(at, value, true);
    this.#used = at + 8;
    return at;
  }
}
