// One Span message into a sink. Fields may come in any order and a sink wants the head first, so it is walked twice:
// once for its own fields, passing over what is nested, and once for what is nested. Cases are whole tags
// (field << 3 | wire type): a known field with another wire type is an unknown field.

import { newSpanHead, type SpanSink } from "@culprit/trace-model";
import type { OutcomeCount } from "./decode-outcome.ts";
import { OtlpLinkReader } from "./otlp-protobuf-link.ts";
import { readAnyValue } from "./otlp-protobuf-values.ts";
import type { ProtobufReader } from "./protobuf-reader.ts";

const utf8 = new TextEncoder();
const NOTHING = new Uint8Array(0);

export class OtlpSpanReader {
  readonly #reader: ProtobufReader;
  readonly #link: OtlpLinkReader;
  readonly #head = newSpanHead();

  constructor(reader: ProtobufReader) {
    this.#reader = reader;
    this.#link = new OtlpLinkReader(reader);
  }

  /** Lets go of the input. */
  release(): void {
    this.#head.bytes = NOTHING;
  }

  /** The Span message `[start, end)`: to the sink, or counted as rejected. */
  read(start: number, end: number, sink: SpanSink, count: OutcomeCount): void {
    const reader = this.#reader;
    const head = this.#head;
    reader.at = start;
    head.bytes = reader.bytes;
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
      count.reject(`${reasonOf(traceIdSize, spanIdSize, parentSize)} (span at byte ${start})`);
      return;
    }
    head.traceIdAt = traceIdAt;
    head.spanIdAt = spanIdAt;
    head.parentSpanIdAt = isZero(bytes, parentAt, parentEnd) ? -1 : parentAt;
    head.droppedLinksCount = (head.droppedLinksCount + badLinks) | 0;
    count.spanCount++;
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
}

function reasonOf(traceIdSize: number, spanIdSize: number, parentSize: number): string {
  if (traceIdSize !== 16) return `a trace id of ${traceIdSize} bytes, not 16`;
  if (spanIdSize !== 8) return `a span id of ${spanIdSize} bytes, not 8`;
  if (parentSize !== 0 && parentSize !== 8) return `a parent span id of ${parentSize} bytes, not 8`;
  return "an id of zeros only";
}

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (bytes[i] !== 0) return false;
  }
  return true;
}
