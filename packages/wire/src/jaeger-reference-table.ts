// References of one span as bytes: what `relationsOf` does with references that are objects.

import type { SpanSink } from "@culprit/trace-model";
import { copyBytes, isSame, isZero } from "./jaeger-id-bytes.ts";
import { CHILD_OF, FOLLOWS_FROM, REFERENCE_KEY } from "./jaeger-json.ts";

/** A row is a trace id, a span id, and 1 for FOLLOWS_FROM. */
export const REFERENCE_SPAN_ID_AT = 16;
const TYPE_AT = 24;
const ROW_BYTES = 25;
const ROWS = 16;
/** A table that a large input has grown beyond this is let go. */
const KEPT_ROWS = 4096;

const utf8 = new TextEncoder();
/** The key of a link's attribute and its value, one behind the other. */
const KEY_BYTES = REFERENCE_KEY.length;
const CHILD_ATTRIBUTE = utf8.encode(REFERENCE_KEY + CHILD_OF);
const FOLLOWED_ATTRIBUTE = utf8.encode(REFERENCE_KEY + FOLLOWS_FROM);

export class JaegerReferenceTable {
  bytes: Uint8Array = new Uint8Array(ROWS * ROW_BYTES);
  view: DataView = new DataView(this.bytes.buffer);
  #length = 0;
  #child = -1;
  #followed = -1;

  clear(): void {
    this.#length = 0;
    if (this.bytes.length > KEPT_ROWS * ROW_BYTES) this.#resize(ROWS);
  }

  /** @returns where the next row stands: zeros, for the caller to put ids in */
  open(): number {
    const at = this.#length * ROW_BYTES;
    if (at === this.bytes.length) this.#resize(this.#length * 2);
    for (let i = at; i < at + TYPE_AT; i += 4) this.view.setInt32(i, 0);
    return at;
  }

  /** Keeps the row that was opened; one without a span id is none. */
  keep(refType: number): void {
    const at = this.#length * ROW_BYTES;
    const spanIdAt = at + REFERENCE_SPAN_ID_AT;
    if (isZero(this.bytes, spanIdAt, spanIdAt + 8)) return;
    this.bytes[at + TYPE_AT] = refType === 1 ? 1 : 0;
    this.#length++;
  }

  /**
   * Finds the parent among the references, for a span of the trace whose id lies at `traceIdAt`.
   * @param hasParentId whether the span names its parent beside them, which FOLLOWS_FROM does not override
   * @returns where the parent's span id lies in `bytes`; -1 when it is none of them
   */
  findParent(ids: Uint8Array, traceIdAt: number, hasParentId: boolean): number {
    const { bytes } = this;
    this.#child = -1;
    this.#followed = -1;
    for (let row = 0; row < this.#length; row++) {
      const at = row * ROW_BYTES;
      // A reference without a trace id means this trace.
      if (isZero(bytes, at, at + 16)) copyBytes(ids, traceIdAt, bytes, at, 16);
      if (!isSame(bytes, at, ids, traceIdAt, 16)) continue;
      if (bytes[at + TYPE_AT] === 1) {
        if (this.#followed < 0) this.#followed = row;
      } else if (this.#child < 0) {
        this.#child = row;
      }
    }
    if (this.#child >= 0 || hasParentId) this.#followed = -1;
    const parent = this.#child >= 0 ? this.#child : this.#followed;
    return parent < 0 ? -1 : parent * ROW_BYTES + REFERENCE_SPAN_ID_AT;
  }

  /** All but the parent, as links; a parent that was only followed stays one. */
  emitLinks(sink: SpanSink): void {
    for (let row = 0; row < this.#length; row++) {
      if (row === this.#child) continue;
      const at = row * ROW_BYTES;
      sink.beginLink(this.bytes, at, at + REFERENCE_SPAN_ID_AT, at, at, 0, 0);
      if (this.bytes[at + TYPE_AT] === 0) emitType(sink, CHILD_ATTRIBUTE);
      else if (row === this.#followed) emitType(sink, FOLLOWED_ATTRIBUTE);
      sink.endLink();
    }
  }

  #resize(rows: number): void {
    const kept = this.bytes.subarray(0, this.#length * ROW_BYTES);
    this.bytes = new Uint8Array(rows * ROW_BYTES);
    this.bytes.set(kept);
    this.view = new DataView(this.bytes.buffer);
  }
}

function emitType(sink: SpanSink, attribute: Uint8Array): void {
  sink.stringAttribute(attribute, 0, KEY_BYTES, KEY_BYTES, attribute.length);
}
