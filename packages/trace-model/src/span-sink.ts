// The port between bytes and everything that keeps spans. A decoder walks its input and calls a sink; no object is
// made per span, because at 300,000 spans a second the objects would cost more than the decoding.

import type { AttributeValue } from "./attribute.ts";
import type { Resource, Scope } from "./span.ts";

/**
 * The fields of a span that every span has, as places in `bytes`.
 * One object per decoder, overwritten for each span: a sink copies what it needs during `beginSpan`.
 * All numbers are int32 (so that V8 keeps them unboxed); uint32 fields hold the same bits (`>>> 0` gives the value).
 */
export interface SpanHead {
  bytes: Uint8Array;
  /** Offset of 16 bytes; never all zero. */
  traceIdAt: number;
  /** Offset of 8 bytes; never all zero. */
  spanIdAt: number;
  /** Offset of 8 bytes, or -1 for none. */
  parentSpanIdAt: number;
  traceStateStart: number;
  traceStateEnd: number;
  flags: number;
  nameStart: number;
  nameEnd: number;
  kind: number;
  /** Offset of 8 bytes, little endian, nanoseconds since the epoch; -1 for 0. */
  startUnixNanoAt: number;
  endUnixNanoAt: number;
  droppedAttributesCount: number;
  droppedEventsCount: number;
  droppedLinksCount: number;
  statusCode: number;
  statusMessageStart: number;
  statusMessageEnd: number;
}

export function newSpanHead(): SpanHead {
  return {
    bytes: new Uint8Array(0),
    traceIdAt: 0,
    spanIdAt: 0,
    parentSpanIdAt: -1,
    traceStateStart: 0,
    traceStateEnd: 0,
    flags: 0,
    nameStart: 0,
    nameEnd: 0,
    kind: 0,
    startUnixNanoAt: -1,
    endUnixNanoAt: -1,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    statusCode: 0,
    statusMessageStart: 0,
    statusMessageEnd: 0,
  };
}

/**
 * Order of calls: `resource`, `scope`, then for each span `beginSpan`, any number of attributes, events and links,
 * `endSpan`. `resource` and `scope` hold until the next call of the same name.
 * Attributes belong to the event or link that is open, else to the span.
 *
 * Ownership: `bytes` is the caller's and may change after the call returns; a sink copies. Key and value of one call
 * lie in the same `bytes`. Text is UTF-8 as it came, not validated. A sink must not throw for any content.
 * The caller must not end a span halfway: what is not to be kept it decides before `beginSpan`, or it gives up the
 * whole input, and whoever handed out the sink discards what was written since.
 */
export interface SpanSink {
  /** The same object for the same process where the decoder can tell: sinks may remember it by identity. */
  resource(resource: Resource): void;
  scope(scope: Scope): void;

  beginSpan(head: SpanHead): void;
  endSpan(): void;

  stringAttribute(
    bytes: Uint8Array,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
  ): void;
  boolAttribute(bytes: Uint8Array, keyStart: number, keyEnd: number, value: boolean): void;
  /** int64 as two int32 halves. */
  intAttribute(
    bytes: Uint8Array,
    keyStart: number,
    keyEnd: number,
    low: number,
    high: number,
  ): void;
  doubleAttribute(bytes: Uint8Array, keyStart: number, keyEnd: number, value: number): void;
  /** Bytes, arrays, maps and null: rare, so decoded. */
  otherAttribute(
    bytes: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array | null | Extract<AttributeValue, object>,
  ): void;

  /** @param timeUnixNanoAt offset of 8 bytes, little endian; -1 for 0 */
  beginEvent(
    bytes: Uint8Array,
    timeUnixNanoAt: number,
    nameStart: number,
    nameEnd: number,
    droppedAttributesCount: number,
  ): void;
  endEvent(): void;

  /** @param traceIdAt offset of 16 bytes; @param spanIdAt offset of 8 bytes */
  beginLink(
    bytes: Uint8Array,
    traceIdAt: number,
    spanIdAt: number,
    traceStateStart: number,
    traceStateEnd: number,
    flags: number,
    droppedAttributesCount: number,
  ): void;
  endLink(): void;
}
