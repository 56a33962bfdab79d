// What `takeFields` does with tags that are objects, for tags that are places in bytes: those that OTLP has fields for
// are found among the others, and no string is made of the usual ones.

import { SpanKind, StatusCode } from "@culprit/trace-model";
import { KIND_NAMES, kindOfName, STATUS_NAMES, statusOfName } from "./foreign-tags.ts";
import { isText, type JaegerTagTable, MEANT_KEY_COUNT, MeantKey } from "./jaeger-tag-table.ts";

const utf8 = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

const KINDS = KIND_NAMES.slice(SpanKind.internal).map((name) => utf8.encode(name));
const STATUSES = STATUS_NAMES.map((name) => utf8.encode(name));
const TRUE = utf8.encode("true");

export class JaegerTagFields {
  kind: number = SpanKind.unspecified;
  statusCode: number = StatusCode.unset;
  /** The last row of each meaning; -1 for none. */
  readonly #rows: Int32Array = new Int32Array(MEANT_KEY_COUNT).fill(-1);
  readonly #isTaken: Uint8Array = new Uint8Array(MEANT_KEY_COUNT);
  #bytes: Uint8Array = new Uint8Array(0);

  /** Reads the tags of a span. */
  take(tags: JaegerTagTable, bytes: Uint8Array): void {
    const rows = this.#rows.fill(-1);
    this.#isTaken.fill(0);
    this.#bytes = bytes;
    this.kind = SpanKind.unspecified;
    this.statusCode = StatusCode.unset;
    for (let row = 0; row < tags.length; row++) {
      const meaning = tags.meaning(row);
      if (meaning !== MeantKey.none) rows[meaning] = row;
    }
    const kind = this.#name(tags, MeantKey.kind, KINDS, kindOfName, SpanKind.internal);
    if (kind !== undefined) this.kind = kind;
    const status = this.#name(tags, MeantKey.statusCode, STATUSES, statusOfName, StatusCode.unset);
    const error = rows[MeantKey.error] as number;
    const isError = error >= 0 && (tags.isTrue(error) || this.#isTextTrue(tags, error));
    this.statusCode = status ?? (isError ? StatusCode.error : StatusCode.unset);
    if (isError && this.statusCode === StatusCode.error) this.#isTaken[MeantKey.error] = 1;
    this.#text(tags, MeantKey.statusMessage);
    this.#text(tags, MeantKey.traceState);
    if (!this.#text(tags, MeantKey.scopeName)) this.#text(tags, MeantKey.libraryName);
    if (!this.#text(tags, MeantKey.scopeVersion)) this.#text(tags, MeantKey.libraryVersion);
  }

  /** Whether tags of this meaning went into a field. */
  isTaken(meaning: number): boolean {
    return meaning !== MeantKey.none && this.#isTaken[meaning] === 1;
  }

  /** The row whose text is the field; -1 for none. */
  row(meaning: number): number {
    return this.#isTaken[meaning] === 1 ? (this.#rows[meaning] as number) : -1;
  }

  /** @param usual names that need no decoding, the first of which is `first` */
  #name(
    tags: JaegerTagTable,
    meaning: number,
    usual: readonly Uint8Array[],
    numberOf: (name: string) => number | undefined,
    first: number,
  ): number | undefined {
    if (!this.#text(tags, meaning)) return undefined;
    const row = this.#rows[meaning] as number;
    const start = tags.start(row);
    const end = tags.end(row);
    for (let i = 0; i < usual.length; i++) {
      if (isText(this.#bytes, start, end, usual[i] as Uint8Array)) return i + first;
    }
    const number = numberOf(decoder.decode(this.#bytes.subarray(start, end)));
    if (number === undefined) this.#isTaken[meaning] = 0;
    return number;
  }

  #text(tags: JaegerTagTable, meaning: number): boolean {
    const row = this.#rows[meaning] as number;
    if (row < 0 || !tags.isString(row)) return false;
    this.#isTaken[meaning] = 1;
    return true;
  }

  #isTextTrue(tags: JaegerTagTable, row: number): boolean {
    return tags.isString(row) && isText(this.#bytes, tags.start(row), tags.end(row), TRUE);
  }
}
