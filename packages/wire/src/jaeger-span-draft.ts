// A span of Jaeger's binary forms between its bytes and the sink. Its fields come in any order, and what they mean is
// known only when all are read (a tag may be the kind, a reference the parent). So a reader, of Thrift or of protobuf,
// fills a draft, and the draft goes to the sink. One draft serves all spans: nothing is made per span.

import { newSpanHead, type SpanSink } from "@culprit/trace-model";
import type { OutcomeCount } from "./decode-outcome.ts";
import { copyBytes, isZero, putInt64, putPadded } from "./jaeger-id-bytes.ts";
import { WARNINGS_KEY } from "./jaeger-json.ts";
import { JaegerLogTable } from "./jaeger-log-table.ts";
import { JaegerReferenceTable } from "./jaeger-reference-table.ts";
import { JaegerTagFields } from "./jaeger-tag-fields.ts";
import { JaegerTagScope } from "./jaeger-tag-scope.ts";
import { JaegerTagTable, MeantKey } from "./jaeger-tag-table.ts";
import { NanoHalves } from "./nano-halves.ts";

/** Places of the ids in the draft. */
export const DraftId = { trace: 0, traceLow: 8, span: 16, parent: 24 } as const;
const START_AT = 32;
const END_AT = 40;
const TEXT_AT = 48;

const SCRATCH_BYTES = 4096;
/** Bytes that a long name has grown beyond this are let go. */
const KEPT_SCRATCH_BYTES = 1 << 20;

const WARNINGS = new TextEncoder().encode(WARNINGS_KEY);
const NOTHING = new Uint8Array(0);
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export class JaegerSpanDraft {
  readonly tags: JaegerTagTable = new JaegerTagTable();
  readonly logs: JaegerLogTable = new JaegerLogTable();
  readonly references: JaegerReferenceTable = new JaegerReferenceTable();
  readonly start: NanoHalves = new NanoHalves();
  readonly duration: NanoHalves = new NanoHalves();
  readonly warnings: string[] = [];
  flags = 0;
  nameStart = 0;
  nameEnd = 0;
  readonly #head = newSpanHead();
  readonly #fields = new JaegerTagFields();
  readonly #end = new NanoHalves();
  readonly #scope = new JaegerTagScope();
  #input: Uint8Array = NOTHING;
  #scratch = new Uint8Array(SCRATCH_BYTES);
  #view = new DataView(this.#scratch.buffer);
  #used = TEXT_AT;

  /** Spans that follow lie in these bytes, and their sink knows no scope yet. */
  reset(bytes: Uint8Array): void {
    this.#input = bytes;
    this.#scope.reset(bytes);
    this.clear();
  }

  /** Lets go of the input. */
  release(): void {
    this.reset(NOTHING);
    this.#head.bytes = NOTHING;
  }

  /** Ready for the next span. */
  clear(): void {
    if (this.#scratch.length > KEPT_SCRATCH_BYTES) this.#resize(SCRATCH_BYTES);
    for (let at = 0; at < TEXT_AT; at += 4) this.#view.setInt32(at, 0);
    this.#used = TEXT_AT;
    this.tags.reset(this.#input);
    this.logs.reset(this.#input);
    this.references.clear();
    this.start.clear();
    this.duration.clear();
    // Setting the length of an array is a call into the runtime.
    if (this.warnings.length > 0) this.warnings.length = 0;
    this.flags = this.nameStart = this.nameEnd = 0;
  }

  /** An id, or half of one, of 8 bytes at a {@link DraftId}. */
  id(at: number, low: number, high: number): void {
    putInt64(this.#view, at, low, high);
  }

  /** An id as the bytes `[start, end)` of the input, at most `sizeBytes`. */
  idBytes(at: number, sizeBytes: number, start: number, end: number): void {
    putPadded(this.#scratch, at, sizeBytes, this.#input, start, end);
  }

  /** To the sink, or counted as rejected. */
  emit(sink: SpanSink, count: OutcomeCount): void {
    const missing = this.#missingId();
    if (missing !== undefined) {
      // Only the first reason is told: a megabyte may hold a million of such spans.
      count.reject(count.rejectedSpanCount === 0 ? this.#reason(missing) : "");
      return;
    }
    this.#fields.take(this.tags);
    this.#scope.give(this.tags, this.#fields, sink);
    this.#begin(sink);
    const { tags } = this;
    for (let row = 0; row < tags.length; row++) {
      if (!this.#fields.isTaken(tags.meaning(row))) tags.emit(row, sink);
    }
    if (this.warnings.length > 0) {
      sink.otherAttribute(WARNINGS, 0, WARNINGS.length, [...this.warnings]);
    }
    for (let log = 0; log < this.logs.length; log++) this.#event(log, sink);
    this.references.emitLinks(sink);
    sink.endSpan();
    count.spanCount++;
  }

  #missingId(): string | undefined {
    if (isZero(this.#scratch, DraftId.trace, DraftId.trace + 16)) return "trace";
    return isZero(this.#scratch, DraftId.span, DraftId.span + 8) ? "span" : undefined;
  }

  #reason(missing: string): string {
    const name = decoder.decode(this.#input.subarray(this.nameStart, this.nameEnd));
    return `a span without a ${missing} id ("${name.slice(0, 100)}")`;
  }

  #begin(sink: SpanSink): void {
    const head = this.#head;
    const fields = this.#fields;
    head.traceIdAt = DraftId.trace;
    head.spanIdAt = DraftId.span;
    head.parentSpanIdAt = this.#parent();
    this.start.put(this.#view, START_AT);
    this.#end.clear();
    this.#end.add(this.start);
    this.#end.add(this.duration);
    this.#end.put(this.#view, END_AT);
    head.startUnixNanoAt = START_AT;
    head.endUnixNanoAt = END_AT;
    head.flags = this.flags;
    head.kind = fields.kind;
    head.statusCode = fields.statusCode;
    head.nameStart = this.#used;
    head.nameEnd = this.#text(this.nameStart, this.nameEnd);
    head.traceStateStart = this.#used;
    head.traceStateEnd = this.#tagText(fields.traceState);
    head.statusMessageStart = this.#used;
    head.statusMessageEnd = this.#tagText(fields.statusMessage);
    head.bytes = this.#scratch;
    sink.beginSpan(head);
  }

  #parent(): number {
    const scratch = this.#scratch;
    const at = DraftId.parent;
    const hasParentId = !isZero(scratch, at, at + 8);
    const referred = this.references.findParent(scratch, DraftId.trace, hasParentId);
    if (referred >= 0) copyBytes(this.references.bytes, referred, scratch, at, 8);
    return referred >= 0 || hasParentId ? at : -1;
  }

  #event(log: number, sink: SpanSink): void {
    const { logs } = this;
    const { tags } = logs;
    const nameTag = logs.nameTag(log);
    this.#used = TEXT_AT;
    logs.putTime(log, this.#view, START_AT);
    const nameEnd = this.#tagTextOf(tags, nameTag);
    sink.beginEvent(this.#scratch, START_AT, TEXT_AT, nameEnd, 0);
    for (let row = logs.firstTag(log); row < logs.endTag(log); row++) {
      if (nameTag < 0 || tags.meaning(row) !== MeantKey.event) tags.emit(row, sink);
    }
    sink.endEvent();
  }

  #tagText(row: number): number {
    return this.#tagTextOf(this.tags, row);
  }

  /** The text of a row behind what is there. @returns its end */
  #tagTextOf(tags: JaegerTagTable, row: number): number {
    return row < 0 ? this.#used : this.#text(tags.start(row), tags.end(row));
  }

  #text(start: number, end: number): number {
    const used = this.#used;
    const sizeBytes = end - start;
    if (used + sizeBytes > this.#scratch.length) {
      this.#resize(Math.max(this.#scratch.length * 2, used + sizeBytes));
    }
    copyBytes(this.#input, start, this.#scratch, used, sizeBytes);
    this.#used = used + sizeBytes;
    return this.#used;
  }

  #resize(sizeBytes: number): void {
    const kept = this.#scratch.subarray(0, Math.min(this.#used, sizeBytes));
    this.#scratch = new Uint8Array(sizeBytes);
    this.#scratch.set(kept);
    this.#view = new DataView(this.#scratch.buffer);
  }
}
