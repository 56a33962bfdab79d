// Tags of Jaeger's binary forms, as places in their bytes: a row of int32 for each, read once, and then given to a sink
// or made into values.

import type { AttributeValue, SpanSink } from "@culprit/trace-model";

/** As jaeger.api_v2 numbers them. */
export const TagType = { string: 0, bool: 1, int64: 2, float64: 3, binary: 4 } as const;

/** Keys that mean more than an attribute, by their place in {@link MEANT_KEYS}. */
export const MeantKey = {
  none: -1,
  kind: 0,
  statusCode: 1,
  error: 2,
  event: 3,
  statusMessage: 4,
  traceState: 5,
  scopeName: 6,
  scopeVersion: 7,
  libraryName: 8,
  libraryVersion: 9,
} as const;

const utf8 = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

const MEANT_KEYS: readonly Uint8Array[] = [
  "span.kind",
  "otel.status_code",
  "error",
  "event",
  "otel.status_description",
  "w3c.tracestate",
  "otel.scope.name",
  "otel.scope.version",
  "otel.library.name",
  "otel.library.version",
].map((key) => utf8.encode(key));

/** The first and the last of them with a length; most keys have none of these lengths. Equal ones stand together. */
const FIRST_BY_LENGTH = new Int8Array(24).fill(MeantKey.none);
const LAST_BY_LENGTH = new Int8Array(24).fill(MeantKey.none);
MEANT_KEYS.forEach(({ length }, index) => {
  LAST_BY_LENGTH[length] = index;
  if (FIRST_BY_LENGTH[length] === MeantKey.none) FIRST_BY_LENGTH[length] = index;
});

/** Key's start and end, type, meaning of the key, two halves of the value. */
const COLUMNS = 6;
const ROWS = 256;
/** A table that a large input has grown beyond this is let go: it has 1.5 MB. */
const KEPT_ROWS = 65_536;

export class JaegerTagTable {
  length = 0;
  /** Whether any key has a meaning. */
  isMeant = false;
  readonly #lastRows = new Int32Array(MEANT_KEYS.length).fill(-1);
  #bytes: Uint8Array = new Uint8Array(0);
  #cells = new Int32Array(ROWS * COLUMNS);
  readonly #bits = new DataView(new ArrayBuffer(8));

  /** Empty, for tags that lie in these bytes. */
  reset(bytes: Uint8Array): void {
    this.length = 0;
    if (this.isMeant) this.#lastRows.fill(-1);
    this.isMeant = false;
    this.#bytes = bytes;
    if (this.#cells.length > KEPT_ROWS * COLUMNS) this.#cells = new Int32Array(ROWS * COLUMNS);
  }

  /**
   * @param type a number that is no {@link TagType} is taken for a string
   * @param low of text and bytes the start, of a number the lower half, of a truth 0 or 1
   * @param high of text and bytes the end, of a number the upper half
   */
  add(keyStart: number, keyEnd: number, type: number, low: number, high: number): void {
    const at = this.length * COLUMNS;
    if (at === this.#cells.length) this.#grow();
    const cells = this.#cells;
    cells[at] = keyStart;
    cells[at + 1] = keyEnd;
    cells[at + 2] = type >= 0 && type <= TagType.binary ? type : TagType.string;
    const meaning = meaningOf(this.#bytes, keyStart, keyEnd);
    cells[at + 3] = meaning;
    if (meaning !== MeantKey.none) {
      this.isMeant = true;
      this.#lastRows[meaning] = this.length;
    }
    cells[at + 4] = low;
    cells[at + 5] = high;
    this.length++;
  }

  /** A {@link MeantKey}. */
  meaning(row: number): number {
    return this.#cells[row * COLUMNS + 3] as number;
  }

  /** The last row of a {@link MeantKey}, which is the one that counts; -1 for none. */
  lastRow(meaning: number): number {
    return this.#lastRows[meaning] as number;
  }

  isString(row: number): boolean {
    return this.#cells[row * COLUMNS + 2] === TagType.string;
  }

  isTrue(row: number): boolean {
    return this.#cells[row * COLUMNS + 2] === TagType.bool && this.start(row) !== 0;
  }

  /** Where the text of a string starts. */
  start(row: number): number {
    return this.#cells[row * COLUMNS + 4] as number;
  }

  end(row: number): number {
    return this.#cells[row * COLUMNS + 5] as number;
  }

  /** Whether a string is this one. */
  isText(row: number, text: Uint8Array): boolean {
    return isText(this.#bytes, this.start(row), this.end(row), text);
  }

  text(row: number): string {
    return decoder.decode(this.#bytes.subarray(this.start(row), this.end(row)));
  }

  /** To the sink, as an attribute. */
  emit(row: number, sink: SpanSink): void {
    const bytes = this.#bytes;
    const cells = this.#cells;
    const at = row * COLUMNS;
    const keyStart = cells[at] as number;
    const keyEnd = cells[at + 1] as number;
    const low = cells[at + 4] as number;
    const high = cells[at + 5] as number;
    switch (cells[at + 2]) {
      case TagType.bool:
        sink.boolAttribute(bytes, keyStart, keyEnd, low !== 0);
        return;
      case TagType.int64:
        sink.intAttribute(bytes, keyStart, keyEnd, low, high);
        return;
      case TagType.float64:
        sink.doubleAttribute(bytes, keyStart, keyEnd, this.#double(low, high));
        return;
      case TagType.binary:
        sink.otherAttribute(bytes, keyStart, keyEnd, bytes.slice(low, high));
        return;
      default:
        sink.stringAttribute(bytes, keyStart, keyEnd, low, high);
    }
  }

  /** Of equal keys the last one counts. */
  values(): Map<string, AttributeValue> {
    const bytes = this.#bytes;
    const cells = this.#cells;
    const values = new Map<string, AttributeValue>();
    for (let at = 0; at < this.length * COLUMNS; at += COLUMNS) {
      const key = decoder.decode(bytes.subarray(cells[at], cells[at + 1]));
      const low = cells[at + 4] as number;
      const high = cells[at + 5] as number;
      values.set(key, this.#value(cells[at + 2] as number, low, high));
    }
    return values;
  }

  #value(type: number, low: number, high: number): AttributeValue {
    switch (type) {
      case TagType.bool:
        return low !== 0;
      case TagType.int64:
        return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low >>> 0));
      case TagType.float64:
        return this.#double(low, high);
      case TagType.binary:
        return this.#bytes.slice(low, high);
      default:
        return decoder.decode(this.#bytes.subarray(low, high));
    }
  }

  #double(low: number, high: number): number {
    this.#bits.setInt32(0, low, true);
    this.#bits.setInt32(4, high, true);
    return this.#bits.getFloat64(0, true);
  }

  #grow(): void {
    const larger = new Int32Array(this.#cells.length * 2);
    larger.set(this.#cells);
    this.#cells = larger;
  }
}

function meaningOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length >= FIRST_BY_LENGTH.length) return MeantKey.none;
  const last = LAST_BY_LENGTH[length] as number;
  for (let key = FIRST_BY_LENGTH[length] as number; key <= last && key >= 0; key++) {
    if (isText(bytes, start, end, MEANT_KEYS[key] as Uint8Array)) return key;
  }
  return MeantKey.none;
}

/** Whether `bytes[start, end)` is this text. */
export function isText(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
  if (end - start !== text.length) return false;
  for (let i = 0; i < text.length; i++) {
    if (bytes[start + i] !== text[i]) return false;
  }
  return true;
}
