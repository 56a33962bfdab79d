// One block of spans on its way to the database: a SpanSink that appends to columns in ClickHouse's Native encoding.
// https://clickhouse.com/docs/interfaces/formats/Native. What it writes, `span-rows.ts` reads back.
//
// The columns are few on purpose: every stream costs each read of a whole span and each merge. What most spans lack
// (events, links, status message, trace state, dropped counts) therefore shares one column, `details`.

import {
  type Resource,
  type Scope,
  type SpanHead,
  type SpanSink,
  serviceName,
} from "@culprit/trace-model";
import { attributeTextOf, attributeTypeOf, textOfDouble } from "./attribute-text.ts";
import { ByteColumn } from "./byte-column.ts";
import { DetailsWriter } from "./details.ts";
import { Dictionary } from "./dictionary.ts";
import { lowCardinality, type NativeColumn } from "./native-column.ts";
import { resourceJson, scopeJson } from "./process-json.ts";

const ROWS = 65_536;
const [STRING, BOOL, INT64, DOUBLE] = ["s", "b", "i", "d"].map((letter) => letter.charCodeAt(0));
const TRUE = new TextEncoder().encode("true");
const FALSE = new TextEncoder().encode("false");
const encoder = new TextEncoder();

/** Where a block stood; see {@link SpanBlock.rewind}. */
export interface BlockMark {
  readonly rows: number;
  readonly attributes: number;
  readonly lengths: readonly number[];
}

interface ProcessBytes {
  readonly service: Uint8Array;
  readonly json: Uint8Array;
}

/** Encoded once per process, not once per request: decoders hand the same object for the same process. */
const resourceBytes = new WeakMap<Resource, ProcessBytes>();
const scopeBytes = new WeakMap<Scope, Uint8Array>();

export class SpanBlock implements SpanSink {
  rows = 0;
  #attributeCount = 0;
  readonly #traceId = new ByteColumn(ROWS * 16);
  readonly #spanId = new ByteColumn(ROWS * 8);
  readonly #parentSpanId = new ByteColumn(ROWS * 8);
  readonly #start = new ByteColumn(ROWS * 8);
  readonly #duration = new ByteColumn(ROWS * 8);
  readonly #received = new ByteColumn(ROWS * 8);
  readonly #flags = new ByteColumn(ROWS * 4);
  readonly #kind = new ByteColumn(ROWS * 4);
  readonly #status = new ByteColumn(ROWS * 4);
  readonly #attributeEnds = new ByteColumn(ROWS * 8);
  readonly #attributeValues = new ByteColumn(ROWS * 128);
  readonly #details = new ByteColumn(ROWS * 2);
  readonly #byteColumns = [
    this.#traceId,
    this.#spanId,
    this.#parentSpanId,
    this.#start,
    this.#duration,
    this.#received,
    this.#flags,
    this.#kind,
    this.#status,
    this.#attributeEnds,
    this.#attributeValues,
    this.#details,
  ];
  readonly #names = new Dictionary();
  readonly #services = new Dictionary();
  readonly #resources = new Dictionary();
  readonly #scopes = new Dictionary();
  readonly #keys = new Dictionary();
  readonly #typeRuns = new Dictionary();
  #nameOf = new Uint32Array(ROWS);
  #serviceOf = new Uint32Array(ROWS);
  #resourceOf = new Uint32Array(ROWS);
  #scopeOf = new Uint32Array(ROWS);
  #typesOf = new Uint32Array(ROWS);
  #keyOf = new Uint32Array(ROWS * 8);
  readonly #detailsWriter = new DetailsWriter();
  readonly #types = new ByteColumn(256);
  readonly #scratch = new ByteColumn(256);
  #service = 0;
  #resource = 0;
  #scope = 0;
  #receivedLow = 0;
  #receivedHigh = 0;
  #inDetails = false;

  /** Bytes of the columns so far, dictionaries aside. */
  get sizeBytes(): number {
    let sum = this.#attributeCount * 4 + this.rows * 20;
    for (const column of this.#byteColumns) sum += column.length;
    return sum;
  }

  clear(): void {
    this.rows = 0;
    this.#attributeCount = 0;
    for (const column of this.#byteColumns) column.length = 0;
    for (const dictionary of [
      this.#names,
      this.#services,
      this.#resources,
      this.#scopes,
      this.#keys,
      this.#typeRuns,
    ]) {
      dictionary.clear();
    }
  }

  mark(): BlockMark {
    return {
      rows: this.rows,
      attributes: this.#attributeCount,
      lengths: this.#byteColumns.map((column) => column.length),
    };
  }

  /** Forgets every span since the mark; entries of dictionaries stay, which harms nothing. */
  rewind(mark: BlockMark): void {
    this.rows = mark.rows;
    this.#attributeCount = mark.attributes;
    this.#byteColumns.forEach((column, i) => {
      column.length = mark.lengths[i] as number;
    });
    this.#inDetails = false;
  }

  /** The arrival of the spans that follow, nanoseconds since the epoch. */
  received(unixNano: bigint): void {
    this.#receivedLow = Number(BigInt.asIntN(32, unixNano));
    this.#receivedHigh = Number(BigInt.asIntN(32, unixNano >> 32n));
  }

  resource(resource: Resource): void {
    let bytes = resourceBytes.get(resource);
    if (bytes === undefined) {
      bytes = {
        service: encoder.encode(serviceName(resource)),
        json: encoder.encode(resourceJson(resource)),
      };
      resourceBytes.set(resource, bytes);
    }
    this.#service = this.#services.indexOf(bytes.service, 0, bytes.service.length);
    this.#resource = this.#resources.indexOf(bytes.json, 0, bytes.json.length);
  }

  scope(scope: Scope): void {
    let bytes = scopeBytes.get(scope);
    if (bytes === undefined) {
      bytes = encoder.encode(scopeJson(scope));
      scopeBytes.set(scope, bytes);
    }
    this.#scope = this.#scopes.indexOf(bytes, 0, bytes.length);
  }

  beginSpan(head: SpanHead): void {
    const { bytes } = head;
    const row = this.rows;
    if (row === this.#nameOf.length) this.#growRows();
    this.#traceId.putBytes(bytes, head.traceIdAt, head.traceIdAt + 16);
    this.#spanId.putBytes(bytes, head.spanIdAt, head.spanIdAt + 8);
    if (head.parentSpanIdAt < 0) this.#parentSpanId.putZeros(8);
    else this.#parentSpanId.putBytes(bytes, head.parentSpanIdAt, head.parentSpanIdAt + 8);
    this.#times(bytes, head.startUnixNanoAt, head.endUnixNanoAt);
    this.#received.putUint64(this.#receivedLow, this.#receivedHigh);
    this.#flags.putUint32(head.flags);
    this.#kind.putUint32(head.kind);
    this.#status.putUint32(head.statusCode);
    this.#nameOf[row] = this.#names.indexOf(bytes, head.nameStart, head.nameEnd);
    this.#serviceOf[row] = this.#service;
    this.#resourceOf[row] = this.#resource;
    this.#scopeOf[row] = this.#scope;
    this.#types.length = 0;
    this.#inDetails = false;
    this.#detailsWriter.begin(head);
  }

  endSpan(): void {
    const types = this.#types;
    this.#typesOf[this.rows] = this.#typeRuns.indexOf(types.bytes, 0, types.length);
    this.#attributeEnds.putUint64(this.#attributeCount, 0);
    const details = this.#detailsWriter.end();
    this.#details.putString(details.bytes, 0, details.length);
    this.rows++;
  }

  stringAttribute(bytes: Uint8Array, ks: number, ke: number, vs: number, ve: number): void {
    this.#attribute(bytes, ks, ke, STRING as number, bytes, vs, ve);
  }

  boolAttribute(bytes: Uint8Array, ks: number, ke: number, value: boolean): void {
    const text = value ? TRUE : FALSE;
    this.#attribute(bytes, ks, ke, BOOL as number, text, 0, text.length);
  }

  intAttribute(bytes: Uint8Array, ks: number, ke: number, low: number, high: number): void {
    const text = this.#scratch;
    text.length = 0;
    if (high === low >> 31) {
      text.putAscii(String(low));
    } else {
      text.putAscii(String((BigInt(high) << 32n) | BigInt(low >>> 0)));
    }
    this.#attribute(bytes, ks, ke, INT64 as number, text.bytes, 0, text.length);
  }

  doubleAttribute(bytes: Uint8Array, ks: number, ke: number, value: number): void {
    const text = this.#scratch;
    text.length = 0;
    text.putAscii(textOfDouble(value));
    this.#attribute(bytes, ks, ke, DOUBLE as number, text.bytes, 0, text.length);
  }

  otherAttribute(
    bytes: Uint8Array,
    ks: number,
    ke: number,
    value: Parameters<SpanSink["otherAttribute"]>[3],
  ): void {
    const text = encoder.encode(attributeTextOf(value));
    this.#attribute(bytes, ks, ke, attributeTypeOf(value).charCodeAt(0), text, 0, text.length);
  }

  beginEvent(bytes: Uint8Array, timeAt: number, ns: number, ne: number, dropped: number): void {
    this.#detailsWriter.beginEvent(bytes, timeAt, ns, ne, dropped);
    this.#inDetails = true;
  }

  endEvent(): void {
    this.#detailsWriter.endItem();
    this.#inDetails = false;
  }

  beginLink(
    bytes: Uint8Array,
    traceIdAt: number,
    spanIdAt: number,
    traceStateStart: number,
    traceStateEnd: number,
    flags: number,
    dropped: number,
  ): void {
    this.#detailsWriter.beginLink(
      bytes,
      traceIdAt,
      spanIdAt,
      traceStateStart,
      traceStateEnd,
      flags,
      dropped,
    );
    this.#inDetails = true;
  }

  endLink(): void {
    this.#detailsWriter.endItem();
    this.#inDetails = false;
  }

  /** The columns as they go into an insert, in the order of the table's. Valid until the next change of the block. */
  columns(): NativeColumn[] {
    const { rows } = this;
    const plain = (name: string, type: string, column: ByteColumn): NativeColumn => ({
      name,
      type,
      chunks: [column.view()],
    });
    const dictionary = (name: string, values: Dictionary, indexes: Uint32Array): NativeColumn => ({
      name,
      type: "LowCardinality(String)",
      chunks: lowCardinality(values, indexes.subarray(0, rows)),
    });
    const [keyPrefix, ...keyBody] = lowCardinality(
      this.#keys,
      this.#keyOf.subarray(0, this.#attributeCount),
    ) as [Uint8Array, ...Uint8Array[]];
    return [
      plain("trace_id", "FixedString(16)", this.#traceId),
      plain("span_id", "FixedString(8)", this.#spanId),
      plain("parent_span_id", "FixedString(8)", this.#parentSpanId),
      plain("start_unix_nano", "UInt64", this.#start),
      plain("duration_nano", "Int64", this.#duration),
      plain("received_unix_nano", "UInt64", this.#received),
      plain("flags", "UInt32", this.#flags),
      plain("kind", "Int32", this.#kind),
      plain("status_code", "Int32", this.#status),
      dictionary("service", this.#services, this.#serviceOf),
      dictionary("name", this.#names, this.#nameOf),
      dictionary("resource", this.#resources, this.#resourceOf),
      dictionary("scope", this.#scopes, this.#scopeOf),
      {
        name: "attributes",
        type: "Map(LowCardinality(String), String)",
        // The dictionary's version stands before the offsets: Native writes all prefixes of a nested type first.
        chunks: [
          keyPrefix,
          this.#attributeEnds.view(),
          ...(this.#attributeCount === 0 ? [] : keyBody),
          this.#attributeValues.view(),
        ],
      },
      dictionary("attribute_types", this.#typeRuns, this.#typesOf),
      plain("details", "String", this.#details),
    ];
  }

  /** Calls back once for each combination of service, operation and kind in the block. */
  eachOperation(visit: (service: string, name: string, kind: number) => void): void {
    const seen = new Set<number>();
    const kinds = new Int32Array(this.#kind.bytes.buffer, 0, this.rows);
    let last = -1;
    for (let row = 0; row < this.rows; row++) {
      const kind = kinds[row] as number;
      const pair =
        (this.#serviceOf[row] as number) * this.#names.size + (this.#nameOf[row] as number);
      // Kinds outside OTLP's six share a place: they are all "unspecified" to a query.
      const known = kind >= 0 && kind <= 5 ? kind : 0;
      const code = pair * 6 + known;
      if (code === last || seen.has(code)) continue;
      last = code;
      seen.add(code);
      visit(
        this.#services.text(this.#serviceOf[row] as number),
        this.#names.text(this.#nameOf[row] as number),
        known,
      );
    }
  }

  #attribute(
    keyBytes: Uint8Array,
    ks: number,
    ke: number,
    type: number,
    valueBytes: Uint8Array,
    vs: number,
    ve: number,
  ): void {
    if (this.#inDetails) {
      this.#detailsWriter.attribute(keyBytes, ks, ke, type, valueBytes, vs, ve);
      return;
    }
    const at = this.#attributeCount;
    if (at === this.#keyOf.length) this.#keyOf = grown(this.#keyOf);
    this.#keyOf[at] = this.#keys.indexOf(keyBytes, ks, ke);
    this.#attributeValues.putString(valueBytes, vs, ve);
    this.#types.putByte(type);
    this.#attributeCount = at + 1;
  }

  /** duration = end - start modulo 2^64: small numbers compress, and the end comes back whatever it was. */
  #times(bytes: Uint8Array, startAt: number, endAt: number): void {
    const startLow = startAt < 0 ? 0 : int32At(bytes, startAt);
    const startHigh = startAt < 0 ? 0 : int32At(bytes, startAt + 4);
    const endLow = endAt < 0 ? 0 : int32At(bytes, endAt);
    const endHigh = endAt < 0 ? 0 : int32At(bytes, endAt + 4);
    const borrow = endLow >>> 0 < startLow >>> 0 ? 1 : 0;
    this.#start.putUint64(startLow, startHigh);
    this.#duration.putUint64((endLow - startLow) | 0, (endHigh - startHigh - borrow) | 0);
  }

  #growRows(): void {
    this.#nameOf = grown(this.#nameOf);
    this.#serviceOf = grown(this.#serviceOf);
    this.#resourceOf = grown(this.#resourceOf);
    this.#scopeOf = grown(this.#scopeOf);
    this.#typesOf = grown(this.#typesOf);
  }
}

function int32At(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

function grown(from: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(from.length * 2);
  larger.set(from);
  return larger;
}
