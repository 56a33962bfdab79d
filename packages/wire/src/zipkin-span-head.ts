// The head of a Zipkin span: put together in scratch bytes, since a sink reads all of it from one array.

import { newSpanHead, type SpanHead, SpanKind, StatusCode } from "@culprit/trace-model";
import type { JaegerTagFields } from "./jaeger-tag-fields.ts";
import { isText, type JaegerTagTable, MeantKey } from "./jaeger-tag-table.ts";
import { NanoHalves } from "./nano-halves.ts";
import type { ScratchBytes } from "./scratch-bytes.ts";
import {
  Annotation,
  PARENT_ID_AT,
  SPAN_ID_AT,
  TRACE_ID_AT,
  type ZipkinPlaces,
} from "./zipkin-places.ts";

const utf8 = new TextEncoder();
const FALSE = utf8.encode("false");
const TRUE = utf8.encode("true");
const NOTHING = new Uint8Array(0);

export class ZipkinSpanHead {
  readonly #scratch: ScratchBytes;
  readonly #fields: JaegerTagFields;
  readonly #head = newSpanHead();
  readonly #start = new NanoHalves();
  readonly #end = new NanoHalves();

  /** @param fields what was taken of the span's tags, before each `read` */
  constructor(scratch: ScratchBytes, fields: JaegerTagFields) {
    this.#scratch = scratch;
    this.#fields = fields;
  }

  /** Lets go of the input. */
  release(): void {
    this.#head.bytes = NOTHING;
  }

  /** Overwritten by the next one, and by whatever is written to the scratch bytes. */
  read(span: ZipkinPlaces): SpanHead {
    const { bytes, ids } = span;
    const head = this.#head;
    const scratch = this.#scratch;
    scratch.clear();
    const idsAt = scratch.copy(ids, 0, ids.length);
    head.traceIdAt = idsAt + TRACE_ID_AT;
    head.spanIdAt = idsAt + SPAN_ID_AT;
    head.parentSpanIdAt = hasParent(ids) ? idsAt + PARENT_ID_AT : -1;
    this.#times(span);
    const timesAt = scratch.room(16);
    this.#start.put(scratch.view, timesAt);
    this.#end.put(scratch.view, timesAt + 8);
    head.startUnixNanoAt = timesAt;
    head.endUnixNanoAt = timesAt + 8;
    head.nameStart = scratch.copy(bytes, span.nameStart, span.nameEnd);
    head.nameEnd = scratch.length;
    head.traceStateStart = this.#copyText(span, this.#fields.traceState);
    head.traceStateEnd = scratch.length;
    head.kind = span.kind === SpanKind.unspecified ? this.#fields.kind : span.kind;
    this.#status(span);
    head.bytes = scratch.bytes;
    return head;
  }

  /** A span without a time starts at its first annotation. */
  #times(span: ZipkinPlaces): void {
    const start = this.#start;
    start.low = span.start.low;
    start.high = span.start.high;
    if (start.high < 0) start.clear();
    if (start.high === 0 && start.low === 0) this.#startAtFirst(span);
    const end = this.#end;
    end.low = start.low;
    end.high = start.high;
    if (span.duration.high >= 0) end.add(span.duration);
  }

  #startAtFirst({ annotations: { cells, columns, length }, part }: ZipkinPlaces): void {
    const start = this.#start;
    let isFound = false;
    for (let row = 0, at = 0; row < length; row++, at += columns) {
      const low = (cells[at + Annotation.timeLow] as number) >>> 0;
      const high = (cells[at + Annotation.timeHigh] as number) >>> 0;
      if ((low === 0 && high === 0) || cells[at + Annotation.part] !== part) continue;
      if (isFound && (high > start.high || (high === start.high && low >= start.low))) continue;
      isFound = true;
      start.low = low;
      start.high = high;
    }
  }

  /** A tag `error` says that the span failed, and why, unless it says "false". */
  #status(span: ZipkinPlaces): void {
    const head = this.#head;
    const { bytes, tags } = span;
    const fields = this.#fields;
    const error = fields.isTaken(MeantKey.error) ? -1 : tags.lastRow(MeantKey.error);
    const isError = error >= 0 && tags.isString(error) && !isTag(tags, error, bytes, FALSE);
    head.statusCode =
      isError && fields.statusCode === StatusCode.unset ? StatusCode.error : fields.statusCode;
    let message = fields.statusMessage;
    if (message < 0 || tags.start(message) === tags.end(message)) {
      const isReason = isError && head.statusCode === StatusCode.error;
      message = isReason && !isTag(tags, error, bytes, TRUE) ? error : -1;
    }
    head.statusMessageStart = this.#copyText(span, message);
    head.statusMessageEnd = this.#scratch.length;
  }

  /** The text of a tag, or none. @returns where it starts; its end is that of the scratch bytes */
  #copyText({ bytes, tags }: ZipkinPlaces, row: number): number {
    if (row < 0) return this.#scratch.length;
    return this.#scratch.copy(bytes, tags.start(row), tags.end(row));
  }
}

function isTag(tags: JaegerTagTable, row: number, bytes: Uint8Array, text: Uint8Array): boolean {
  return isText(bytes, tags.start(row), tags.end(row), text);
}

/** A span that is its own parent has none. */
function hasParent(ids: Uint8Array): boolean {
  let isOwn = true;
  let isZeros = true;
  for (let i = 0; i < 8; i++) {
    const byte = ids[PARENT_ID_AT + i] as number;
    if (byte !== 0) isZeros = false;
    if (byte !== ids[SPAN_ID_AT + i]) isOwn = false;
  }
  return !isOwn && !isZeros;
}
