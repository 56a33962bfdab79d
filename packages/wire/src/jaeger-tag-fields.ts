// What `takeFields` does with tags that are objects, for tags that are places in bytes: those that OTLP has fields for
// are found among the others, and no string is made of the usual ones.

import { SpanKind, StatusCode } from "@culprit/trace-model";
import { KIND_NAMES, kindOfName, STATUS_NAMES, statusOfName } from "./foreign-tags.ts";
import { type JaegerTagTable, MeantKey } from "./jaeger-tag-table.ts";

const utf8 = new TextEncoder();

const KINDS = KIND_NAMES.map((name) => utf8.encode(name));
const STATUSES = STATUS_NAMES.map((name) => utf8.encode(name));
const TRUE = utf8.encode("true");

const NONE = -1;

export class JaegerTagFields {
  kind: number = SpanKind.unspecified;
  statusCode: number = StatusCode.unset;
  /** Rows of the tags whose text is the field; -1 for none. */
  statusMessage: number = NONE;
  traceState: number = NONE;
  scopeName: number = NONE;
  scopeVersion: number = NONE;
  /** A bit for each meaning whose tags went into a field. */
  #taken = 0;

  /** Reads the tags of a span. */
  take(tags: JaegerTagTable): void {
    this.#taken = 0;
    this.kind = SpanKind.unspecified;
    this.statusCode = StatusCode.unset;
    this.statusMessage = this.traceState = this.scopeName = this.scopeVersion = NONE;
    if (!tags.isMeant) return;
    this.#takeKind(tags);
    this.#takeStatus(tags);
    this.statusMessage = this.#takeText(tags, MeantKey.statusMessage);
    this.traceState = this.#takeText(tags, MeantKey.traceState);
    this.scopeName = this.#takeText(tags, MeantKey.scopeName);
    if (this.scopeName === NONE) this.scopeName = this.#takeText(tags, MeantKey.libraryName);
    this.scopeVersion = this.#takeText(tags, MeantKey.scopeVersion);
    if (this.scopeVersion === NONE) {
      this.scopeVersion = this.#takeText(tags, MeantKey.libraryVersion);
    }
  }

  /** Whether tags of this meaning went into a field. */
  isTaken(meaning: number): boolean {
    return meaning !== MeantKey.none && (this.#taken & (1 << meaning)) !== 0;
  }

  #takeKind(tags: JaegerTagTable): void {
    const row = tags.lastRow(MeantKey.kind);
    if (row === NONE || !tags.isString(row)) return;
    const kind = indexIn(KINDS, tags, row) ?? kindOfName(tags.text(row));
    if (kind === undefined || kind === SpanKind.unspecified) return;
    this.kind = kind;
    this.#taken |= 1 << MeantKey.kind;
  }

  #takeStatus(tags: JaegerTagTable): void {
    const row = tags.lastRow(MeantKey.statusCode);
    let status: number | undefined;
    if (row !== NONE && tags.isString(row)) {
      status = indexIn(STATUSES, tags, row) ?? statusOfName(tags.text(row));
      if (status !== undefined) this.#taken |= 1 << MeantKey.statusCode;
    }
    const error = tags.lastRow(MeantKey.error);
    const isError =
      error !== NONE && (tags.isTrue(error) || (tags.isString(error) && tags.isText(error, TRUE)));
    this.statusCode = status ?? (isError ? StatusCode.error : StatusCode.unset);
    if (isError && this.statusCode === StatusCode.error) this.#taken |= 1 << MeantKey.error;
  }

  /** @returns the row that was taken */
  #takeText(tags: JaegerTagTable, meaning: number): number {
    const row = tags.lastRow(meaning);
    if (row === NONE || !tags.isString(row)) return NONE;
    this.#taken |= 1 << meaning;
    return row;
  }
}

function indexIn(
  names: readonly Uint8Array[],
  tags: JaegerTagTable,
  row: number,
): number | undefined {
  for (let i = 0; i < names.length; i++) {
    if (tags.isText(row, names[i] as Uint8Array)) return i;
  }
  return undefined;
}
