// OTLP/protobuf into a sink without an object per span: ExportTraceServiceRequest, which is TracesData on the wire.
// https://github.com/open-telemetry/opentelemetry-proto (trace.proto, common.proto, resource.proto)
//
// Fields may come in any order and a sink wants the head first, so each message is walked twice: once for its own
// fields, passing over what is nested, and once for what is nested. Cases are whole tags (field << 3 | wire type): a
// known field with another wire type is an unknown field.

import { newSpanHead, type Resource, type Scope, type SpanSink } from "@culprit/trace-model";
import { ByteKeyedCache } from "./byte-keyed-cache.ts";
import { type DecodeOutcome, OutcomeCount } from "./decode-outcome.ts";
import { OtlpLinkReader } from "./otlp-protobuf-link.ts";
import { readAnyValue, readResource, readScope } from "./otlp-protobuf-values.ts";
import { ProtobufReader } from "./protobuf-reader.ts";

const utf8 = new TextEncoder();

/**
 * Keep one for many requests: equal resources and scopes then are the same objects from request to request.
 * Not reentrant: a sink must not call `decode` of the decoder that calls it.
 */
export class OtlpProtobufDecoder {
  readonly #reader = new ProtobufReader();
  readonly #head = newSpanHead();
  readonly #link = new OtlpLinkReader(this.#reader);
  readonly #resources = new ByteKeyedCache<Resource>();
  readonly #scopes = new ByteKeyedCache<Scope>();
  #count = new OutcomeCount();

  /**
   * A span whose ids are not ids is left out and counted; a link whose ids are not ids counts as dropped.
   * @throws {WireError} when the bytes are not such a message; the sink then has been given a part of it.
   */
  decode(bytes: Uint8Array, sink: SpanSink): DecodeOutcome {
    const reader = this.#reader;
    reader.reset(bytes);
    this.#head.bytes = reader.bytes;
    this.#count = new OutcomeCount();
    const end = reader.bytes.length;
    try {
      while (reader.at < end) {
        const tag = reader.varint32(end);
        if (tag === 0x0a) {
          const stop = reader.lengthEnd(end);
          this.#resourceSpans(reader.at, stop, sink);
          reader.at = stop;
        } else {
          reader.skip(tag, end);
        }
      }
    } finally {
      reader.release();
      this.#head.bytes = reader.bytes;
    }
    return this.#count.outcome();
  }

  #resourceSpans(start: number, end: number, sink: SpanSink): void {
    const reader = this.#reader;
    let from = start;
    let to = start;
    let urlStart = start;
    let urlEnd = start;
    while (reader.at < end) {
      const tag = reader.varint32(end);
      if (tag === 0x0a) {
        to = reader.lengthEnd(end);
        from = reader.at;
        reader.at = to;
      } else if (tag === 0x1a) {
        urlEnd = reader.lengthEnd(end);
        urlStart = reader.at;
        reader.at = urlEnd;
      } else {
        reader.skip(tag, end);
      }
    }
    sink.resource(
      this.#resources.get(reader.bytes, from, to, urlStart, urlEnd, () => {
        reader.at = from;
        return readResource(reader, to, reader.text(urlStart, urlEnd));
      }),
    );
    reader.at = start;
    while (reader.at < end) {
      const tag = reader.varint32(end);
      if (tag === 0x12) {
        const stop = reader.lengthEnd(end);
        this.#scopeSpans(reader.at, stop, sink);
        reader.at = stop;
      } else {
        reader.skip(tag, end);
      }
    }
  }

  #scopeSpans(start: number, end: number, sink: SpanSink): void {
    const reader = this.#reader;
    let from = start;
    let to = start;
    let urlStart = start;
    let urlEnd = start;
    while (reader.at < end) {
      const tag = reader.varint32(end);
      if (tag === 0x0a) {
        to = reader.lengthEnd(end);
        from = reader.at;
        reader.at = to;
      } else if (tag === 0x1a) {
        urlEnd = reader.lengthEnd(end);
        urlStart = reader.at;
        reader.at = urlEnd;
      } else {
        reader.skip(tag, end);
      }
    }
    sink.scope(
      this.#scopes.get(reader.bytes, from, to, urlStart, urlEnd, () => {
        reader.at = from;
        return readScope(reader, to, reader.text(urlStart, urlEnd));
      }),
    );
    reader.at = start;
    while (reader.at < end) {
      const tag = reader.varint32(end);
      if (tag === 0x12) {
        const stop = reader.lengthEnd(end);
        this.#span(reader.at, stop, sink);
        reader.at = stop;
      } else {
        reader.skip(tag, end);
      }
    }
  }

  #span(start: number, end: number, sink: SpanSink): void {
    const reader = this.#reader;
    const head = this.#head;
    head.traceStateStart = head.traceStateEnd = start;
    head.nameStart = head.nameEnd = start;
    head.statusMessageStart = head.statusMessageEnd = start;
    head.flags = head.kind = head.statusCode = 0;
    head.startUnixNanoAt = head.endUnixNanoAt = -1;
    head.droppedAttributesCount = head.droppedEventsCount = head.droppedLinksCount = 0;
    let traceIdAt = start;
    let traceIdEnd = start;
    let spanIdAt = start;
    let spanIdEnd = start;
    let parentAt = start;
    let parentEnd = start;
    let badLinks = 0;
    // Where attributes, events and links begin and end: the second walk need not see the rest.
    let nestedStart = end;
    let nestedEnd = end;

    while (reader.at < end) {
      const fieldAt = reader.at;
      const tag = reader.varint32(end);
      switch (tag) {
        case 0x4a: // attributes
        case 0x5a: // events
          reader.at = nestedEnd = reader.lengthEnd(end);
          if (fieldAt < nestedStart) nestedStart = fieldAt;
          break;
        case 0x6a: // links
          nestedEnd = reader.lengthEnd(end);
          if (!this.#link.read(reader.at, nestedEnd)) badLinks++;
          reader.at = nestedEnd;
          if (fieldAt < nestedStart) nestedStart = fieldAt;
          break;
        case 0x0a:
          traceIdEnd = reader.lengthEnd(end);
          traceIdAt = reader.at;
          reader.at = traceIdEnd;
          break;
        case 0x12:
          spanIdEnd = reader.lengthEnd(end);
          spanIdAt = reader.at;
          reader.at = spanIdEnd;
          break;
        case 0x1a:
          head.traceStateEnd = reader.lengthEnd(end);
          head.traceStateStart = reader.at;
          reader.at = head.traceStateEnd;
          break;
        case 0x22:
          parentEnd = reader.lengthEnd(end);
          parentAt = reader.at;
          reader.at = parentEnd;
          break;
        case 0x2a:
          head.nameEnd = reader.lengthEnd(end);
          head.nameStart = reader.at;
          reader.at = head.nameEnd;
          break;
        case 0x30:
          head.kind = reader.varint32(end);
          break;
        case 0x39:
          head.startUnixNanoAt = reader.fixed(8, end);
          break;
        case 0x41:
          head.endUnixNanoAt = reader.fixed(8, end);
          break;
        case 0x50:
          head.droppedAttributesCount = reader.varint32(end);
          break;
        case 0x60:
          head.droppedEventsCount = reader.varint32(end);
          break;
        case 0x70:
          head.droppedLinksCount = reader.varint32(end);
          break;
        case 0x7a:
          this.#status(reader.lengthEnd(end));
          break;
        case 0x85: // flags, field 16: its tag takes two bytes
          head.flags = reader.view.getInt32(reader.fixed(4, end), true);
          break;
        default:
          reader.skip(tag, end);
      }
    }

    const { bytes } = reader;
    const traceIdSize = traceIdEnd - traceIdAt;
    const spanIdSize = spanIdEnd - spanIdAt;
    const parentSize = parentEnd - parentAt;
    if (
      traceIdSize !== 16 ||
      spanIdSize !== 8 ||
      (parentSize !== 0 && parentSize !== 8) ||
      isZero(bytes, traceIdAt, traceIdEnd) ||
      isZero(bytes, spanIdAt, spanIdEnd)
    ) {
      this.#reject(start, traceIdSize, spanIdSize, parentSize);
      return;
    }
    head.traceIdAt = traceIdAt;
    head.spanIdAt = spanIdAt;
    head.parentSpanIdAt = isZero(bytes, parentAt, parentEnd) ? -1 : parentAt;
    head.droppedLinksCount = (head.droppedLinksCount + badLinks) | 0;
    this.#count.spanCount++;
    sink.beginSpan(head);
    if (nestedStart < nestedEnd) this.#nested(nestedStart, nestedEnd, sink);
    sink.endSpan();
  }

  #nested(start: number, end: number, sink: SpanSink): void {
    const reader = this.#reader;
    reader.at = start;
    while (reader.at < end) {
      const tag = reader.varint32(end);
      if (tag === 0x4a) {
        this.#attribute(reader.lengthEnd(end), sink);
      } else if (tag === 0x5a) {
        const stop = reader.lengthEnd(end);
        this.#event(reader.at, stop, sink);
        reader.at = stop;
      } else if (tag === 0x6a) {
        const stop = reader.lengthEnd(end);
        const link = this.#link;
        if (link.read(reader.at, stop)) {
          link.begin(sink);
          this.#attributes(link.start, stop, 0x22, sink);
          sink.endLink();
        }
        reader.at = stop;
      } else {
        reader.skip(tag, end);
      }
    }
  }

  /** The KeyValues under `attributesTag` of the message `[start, end)`. */
  #attributes(start: number, end: number, attributesTag: number, sink: SpanSink): void {
    const reader = this.#reader;
    reader.at = start;
    while (reader.at < end) {
      const tag = reader.varint32(end);
      if (tag === attributesTag) this.#attribute(reader.lengthEnd(end), sink);
      else reader.skip(tag, end);
    }
  }

  /** A KeyValue between `reader.at` and `end`. */
  #attribute(end: number, sink: SpanSink): void {
    const reader = this.#reader;
    let keyStart = end;
    let keyEnd = end;
    let valueStart = end;
    let valueEnd = end;
    while (reader.at < end) {
      const tag = reader.varint32(end);
      if (tag === 0x0a) {
        keyEnd = reader.lengthEnd(end);
        keyStart = reader.at;
        reader.at = keyEnd;
      } else if (tag === 0x12) {
        valueEnd = reader.lengthEnd(end);
        valueStart = reader.at;
        reader.at = valueEnd;
      } else {
        reader.skip(tag, end);
      }
    }
    this.#value(keyStart, keyEnd, valueStart, valueEnd, sink);
    reader.at = end;
  }

  /** An AnyValue. One that holds a single scalar, as all but broken ones do, goes to the sink without being decoded. */
  #value(keyStart: number, keyEnd: number, start: number, end: number, sink: SpanSink): void {
    const reader = this.#reader;
    const { bytes } = reader;
    reader.at = start;
    if (start < end) {
      const tag = reader.varint32(end);
      if (tag === 0x0a) {
        const stop = reader.lengthEnd(end);
        if (stop === end) {
          sink.stringAttribute(bytes, keyStart, keyEnd, reader.at, stop);
          return;
        }
      } else if (tag === 0x18) {
        reader.varint64(end);
        if (reader.at === end) {
          sink.intAttribute(bytes, keyStart, keyEnd, reader.low, reader.high);
          return;
        }
      } else if (tag === 0x10) {
        reader.varint64(end);
        if (reader.at === end) {
          sink.boolAttribute(bytes, keyStart, keyEnd, (reader.low | reader.high) !== 0);
          return;
        }
      } else if (tag === 0x21) {
        const at = reader.fixed(8, end);
        if (reader.at === end) {
          sink.doubleAttribute(bytes, keyStart, keyEnd, reader.view.getFloat64(at, true));
          return;
        }
      }
    }
    this.#otherValue(keyStart, keyEnd, start, end, sink);
  }

  #otherValue(keyStart: number, keyEnd: number, start: number, end: number, sink: SpanSink): void {
    const reader = this.#reader;
    const { bytes } = reader;
    reader.at = start;
    const value = readAnyValue(reader, end, 1);
    if (typeof value === "object") {
      sink.otherAttribute(bytes, keyStart, keyEnd, value);
    } else if (typeof value === "bigint") {
      const low = Number(BigInt.asIntN(32, value));
      sink.intAttribute(bytes, keyStart, keyEnd, low, Number(BigInt.asIntN(32, value >> 32n)));
    } else if (typeof value === "boolean") {
      sink.boolAttribute(bytes, keyStart, keyEnd, value);
    } else if (typeof value === "number") {
      sink.doubleAttribute(bytes, keyStart, keyEnd, value);
    } else {
      // Key and value have to lie in the same bytes.
      const keySize = keyEnd - keyStart;
      const text = utf8.encode(value);
      const both = new Uint8Array(keySize + text.length);
      both.set(bytes.subarray(keyStart, keyEnd));
      both.set(text, keySize);
      sink.stringAttribute(both, 0, keySize, keySize, both.length);
    }
  }

  #event(start: number, end: number, sink: SpanSink): void {
    const reader = this.#reader;
    let timeAt = -1;
    let nameStart = start;
    let nameEnd = start;
    let dropped = 0;
    while (reader.at < end) {
      const tag = reader.varint32(end);
      if (tag === 0x09) {
        timeAt = reader.fixed(8, end);
      } else if (tag === 0x12) {
        nameEnd = reader.lengthEnd(end);
        nameStart = reader.at;
        reader.at = nameEnd;
      } else if (tag === 0x20) {
        dropped = reader.varint32(end);
      } else {
        reader.skip(tag, end);
      }
    }
    sink.beginEvent(reader.bytes, timeAt, nameStart, nameEnd, dropped);
    this.#attributes(start, end, 0x1a, sink);
    sink.endEvent();
  }

  #status(end: number): void {
    const reader = this.#reader;
    const head = this.#head;
    while (reader.at < end) {
      const tag = reader.varint32(end);
      if (tag === 0x12) {
        head.statusMessageEnd = reader.lengthEnd(end);
        head.statusMessageStart = reader.at;
        reader.at = head.statusMessageEnd;
      } else if (tag === 0x18) {
        head.statusCode = reader.varint32(end);
      } else {
        reader.skip(tag, end);
      }
    }
  }

  #reject(at: number, traceIdSize: number, spanIdSize: number, parentSize: number): void {
    let reason: string;
    if (traceIdSize !== 16) reason = `a trace id of ${traceIdSize} bytes, not 16`;
    else if (spanIdSize !== 8) reason = `a span id of ${spanIdSize} bytes, not 8`;
    else if (parentSize !== 0 && parentSize !== 8)
      reason = `a parent span id of ${parentSize} bytes, not 8`;
    else reason = "an id of zeros only";
    this.#count.reject(`${reason} (span at byte ${at})`);
  }
}

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (bytes[i] !== 0) return false;
  }
  return true;
}

/** One request, with resources and scopes of its own. */
export function decodeOtlpProtobuf(bytes: Uint8Array, sink: SpanSink): DecodeOutcome {
  return new OtlpProtobufDecoder().decode(bytes, sink);
}
