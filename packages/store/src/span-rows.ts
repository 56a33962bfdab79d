// Columns of the table of spans back into spans: the other side of `span-block.ts`.

import {
  type Attributes,
  int32Column,
  type Resource,
  type Scope,
  type Span,
  type SpanEvent,
  type SpanIdWords,
  type SpanLink,
  type UnixNanos,
} from "@culprit/trace-model";
import { type Details, detailsOf, NO_DETAILS } from "./details.ts";
import type { StoredSpan } from "./late-spans.ts";
import { type FixedStrings, type NativeBlock, readNative } from "./native-rows.ts";
import type { RepeatedStrings, StringMaps, Strings } from "./native-strings.ts";
import { resourceOf, scopeOf } from "./process-json.ts";
import { AttributeColumn, RowAttributes } from "./span-attributes.ts";

/** What a statement must select for {@link readSpans}. */
export const SPAN_COLUMNS: string =
  "trace_id, span_id, parent_span_id, start_unix_nano, duration_nano, flags, kind, status_code, name, " +
  "resource, scope, attributes, attribute_types, details, received_unix_nano";

/** Spans with all they hold, as objects of their own. */
export function readSpans(answer: Uint8Array): StoredSpan[] {
  const spans: StoredSpan[] = [];
  for (const columns of spanColumns(answer)) {
    for (let row = 0; row < columns.rows; row++) {
      const span = new ColumnSpan(columns, row);
      spans.push({ span: span.copy(), receivedUnixNano: span.receivedUnixNano });
    }
  }
  return spans;
}

/** The answer's traces by their ids. */
export function readTraces(answer: Uint8Array): Map<string, TraceRows> {
  const traces = new Map<string, TraceRows>();
  for (const columns of spanColumns(answer)) {
    // Sorted by trace, so that a trace's spans mostly follow each other.
    for (let row = 0, first = 0; row < columns.rows; row++) {
      if (row + 1 < columns.rows && columns.traceId.equal(row, row + 1)) continue;
      const traceId = columns.traceId.hex(first);
      let trace = traces.get(traceId);
      if (trace === undefined) {
        trace = new TraceRows();
        traces.set(traceId, trace);
      }
      trace.add(columns, first, row + 1);
      first = row + 1;
    }
  }
  return traces;
}

/** When the spans of a trace arrived. */
export interface Arrival {
  readonly first: UnixNanos;
  readonly last: UnixNanos;
}

/** Where the spans of one trace lie in an answer, which it keeps in memory. */
export class TraceRows {
  spanCount = 0;
  readonly #runs: { columns: SpanColumns; from: number; to: number }[] = [];

  add(columns: SpanColumns, from: number, to: number): void {
    this.#runs.push({ columns, from, to });
    this.spanCount += to - from;
  }

  arrival(): Arrival {
    let first = 2n ** 64n;
    let last = -1n;
    let low = -1;
    let high = -1;
    for (const { columns, from, to } of this.#runs) {
      const words = new Uint32Array(columns.received.buffer, columns.received.byteOffset);
      for (let row = from; row < to; row++) {
        // Spans of one block have the same; a bigint each would be all the work there is.
        if (words[2 * row] === low && words[2 * row + 1] === high) continue;
        low = words[2 * row] as number;
        high = words[2 * row + 1] as number;
        const at = columns.received[row] as bigint;
        if (at < first) first = at;
        if (at > last) last = at;
      }
    }
    return { first, last };
  }

  /** One entry a span, in the order of `spans`. */
  idWords(): SpanIdWords {
    const ids = int32Column(2 * this.spanCount);
    const parents = int32Column(2 * this.spanCount);
    let to = 0;
    for (const { columns, from, to: end } of this.#runs) {
      const { words } = columns.spanId;
      const { words: parentWords } = columns.parentSpanId;
      for (let at = 2 * from; at < 2 * end; at++) {
        ids[to] = words[at] as number;
        parents[to] = parentWords[at] as number;
        to++;
      }
    }
    return { ids, parents };
  }

  /** Views of the columns, made anew at each call: what is not asked of one is never made. */
  spans(): ColumnSpan[] {
    const spans: ColumnSpan[] = [];
    for (const { columns, from, to } of this.#runs) {
      for (let row = from; row < to; row++) spans.push(new ColumnSpan(columns, row));
    }
    return spans;
  }
}

interface SpanColumns {
  readonly rows: number;
  readonly traceId: FixedStrings;
  readonly spanId: FixedStrings;
  readonly parentSpanId: FixedStrings;
  readonly start: BigUint64Array;
  readonly duration: BigInt64Array;
  readonly received: BigUint64Array;
  readonly flags: Uint32Array;
  readonly kind: Int32Array;
  readonly status: Int32Array;
  readonly name: Strings;
  readonly resource: RepeatedStrings;
  /** One an entry of the column's dictionary. */
  readonly resources: readonly Resource[];
  readonly scope: RepeatedStrings;
  readonly scopes: readonly Scope[];
  readonly attributes: AttributeColumn;
  readonly details: Strings;
}

/** One object per process and scope over the whole answer. */
function* spanColumns(answer: Uint8Array): Generator<SpanColumns> {
  const resources = new Map<string, Resource>();
  const scopes = new Map<string, Scope>();
  for (const block of readNative(answer)) {
    if (block.rows > 0) yield columnsOf(block, resources, scopes);
  }
}

function columnsOf(
  { rows, columns }: NativeBlock,
  resources: Map<string, Resource>,
  scopes: Map<string, Scope>,
): SpanColumns {
  // The statement selected them by SPAN_COLUMNS, the table gives them these types.
  const column = <T>(name: string): T => columns.get(name) as T;
  const resource = column<RepeatedStrings>("resource");
  const scope = column<RepeatedStrings>("scope");
  return {
    rows,
    traceId: column("trace_id"),
    spanId: column("span_id"),
    parentSpanId: column("parent_span_id"),
    start: column("start_unix_nano"),
    duration: column("duration_nano"),
    received: column("received_unix_nano"),
    flags: column("flags"),
    kind: column("kind"),
    status: column("status_code"),
    name: column("name"),
    resource,
    resources: madeOf(resource, resources, resourceOf),
    scope,
    scopes: madeOf(scope, scopes, scopeOf),
    attributes: new AttributeColumn(column<StringMaps>("attributes"), column("attribute_types")),
    details: column("details"),
  };
}

function madeOf<T>(
  { keys, indexes }: RepeatedStrings,
  made: Map<string, T>,
  make: (text: string) => T,
): T[] {
  // The dictionary's first entry is the empty default, whether a row has it or not.
  const values: T[] = [];
  for (const index of indexes) {
    if (values[index] !== undefined) continue;
    const text = keys[index] as string;
    let value = made.get(text);
    if (value === undefined) {
      value = make(text);
      made.set(text, value);
    }
    values[index] = value;
  }
  return values;
}

/** One row, seen as a span; each property is made when it is asked for. */
export class ColumnSpan implements Span, StoredSpan {
  readonly #columns: SpanColumns;
  readonly #row: number;
  #attributes: Attributes | undefined;
  #spanId: string | undefined;
  #start: bigint | undefined;
  #end: bigint | undefined;
  #details: Details | undefined;

  constructor(columns: SpanColumns, row: number) {
    this.#columns = columns;
    this.#row = row;
  }

  get span(): Span {
    return this;
  }

  get receivedUnixNano(): UnixNanos {
    return this.#columns.received[this.#row] as bigint;
  }

  get traceId(): string {
    return this.#columns.traceId.hex(this.#row);
  }

  get spanId(): string {
    this.#spanId ??= this.#columns.spanId.hex(this.#row);
    return this.#spanId;
  }

  get parentSpanId(): string {
    const { parentSpanId } = this.#columns;
    return parentSpanId.isZero(this.#row) ? "" : parentSpanId.hex(this.#row);
  }

  get flags(): number {
    return this.#columns.flags[this.#row] as number;
  }

  get name(): string {
    return this.#columns.name.at(this.#row) as string;
  }

  get kind(): number {
    return this.#columns.kind[this.#row] as number;
  }

  get startUnixNano(): UnixNanos {
    this.#start ??= this.#columns.start[this.#row] as bigint;
    return this.#start;
  }

  get endUnixNano(): UnixNanos {
    this.#end ??= BigInt.asUintN(
      64,
      this.startUnixNano + (this.#columns.duration[this.#row] as bigint),
    );
    return this.#end;
  }

  get attributes(): Attributes {
    this.#attributes ??= new RowAttributes(this.#columns.attributes, this.#row);
    return this.#attributes;
  }

  get statusCode(): number {
    return this.#columns.status[this.#row] as number;
  }

  get resource(): Resource {
    const { resource, resources } = this.#columns;
    return resources[resource.indexes[this.#row] as number] as Resource;
  }

  get scope(): Scope {
    const { scope, scopes } = this.#columns;
    return scopes[scope.indexes[this.#row] as number] as Scope;
  }

  get statusMessage(): string {
    return this.#more.statusMessage;
  }

  get traceState(): string {
    return this.#more.traceState;
  }

  get droppedAttributesCount(): number {
    return this.#more.droppedAttributesCount;
  }

  get droppedEventsCount(): number {
    return this.#more.droppedEventsCount;
  }

  get droppedLinksCount(): number {
    return this.#more.droppedLinksCount;
  }

  get events(): readonly SpanEvent[] {
    return this.#more.events;
  }

  get links(): readonly SpanLink[] {
    return this.#more.links;
  }

  /** A span on its own, which keeps nothing else in memory. */
  copy(): Span {
    return {
      traceId: this.traceId,
      spanId: this.spanId,
      parentSpanId: this.parentSpanId,
      flags: this.flags,
      name: this.name,
      kind: this.kind,
      startUnixNano: this.startUnixNano,
      endUnixNano: this.endUnixNano,
      attributes: this.#columns.attributes.all(this.#row),
      statusCode: this.statusCode,
      resource: this.resource,
      scope: this.scope,
      ...this.#more,
    };
  }

  get #more(): Details {
    if (this.#details === undefined) {
      const text = this.#columns.details.at(this.#row) as string;
      this.#details = text === "" ? NO_DETAILS : detailsOf(text);
    }
    return this.#details;
  }
}
