// Columns of the table of spans back into spans: the other side of `span-block.ts`.

import type { Attributes, AttributeValue, Resource, Scope, Span } from "@culprit/trace-model";
import { attributeValueOf } from "./attribute-text.ts";
import { detailsOf } from "./details.ts";
import type { StoredSpan } from "./late-spans.ts";
import { type FixedStrings, type NativeBlock, readNative } from "./native-rows.ts";
import { resourceOf, scopeOf } from "./process-json.ts";

/** What a statement must select for {@link readSpans}. */
export const SPAN_COLUMNS: string =
  "trace_id, span_id, parent_span_id, start_unix_nano, duration_nano, flags, kind, status_code, name, " +
  "resource, scope, attributes, attribute_types, details, received_unix_nano";

const NO_PARENT = "0".repeat(16);

export function readSpans(answer: Uint8Array): StoredSpan[] {
  const spans: StoredSpan[] = [];
  // One object per process and scope over the whole answer.
  const resources = new Memo(resourceOf);
  const scopes = new Memo(scopeOf);
  for (const block of readNative(answer)) {
    const column = columnsOf(block);
    for (let row = 0; row < block.rows; row++) {
      const receivedUnixNano = column.received[row] as bigint;
      spans.push({ span: spanAt(column, row, resources, scopes), receivedUnixNano });
    }
  }
  return spans;
}

class Memo<T> {
  readonly #make: (text: string) => T;
  readonly #made = new Map<string, T>();

  constructor(make: (text: string) => T) {
    this.#make = make;
  }

  get(text: string): T {
    let value = this.#made.get(text);
    if (value === undefined) {
      value = this.#make(text);
      this.#made.set(text, value);
    }
    return value;
  }
}

interface SpanColumns {
  readonly traceId: FixedStrings;
  readonly spanId: FixedStrings;
  readonly parentSpanId: FixedStrings;
  readonly start: BigUint64Array;
  readonly duration: BigInt64Array;
  readonly flags: Uint32Array;
  readonly kind: Int32Array;
  readonly status: Int32Array;
  readonly name: readonly string[];
  readonly resource: readonly string[];
  readonly scope: readonly string[];
  readonly attributes: readonly (readonly (readonly [string, string])[])[];
  readonly types: readonly string[];
  readonly details: readonly string[];
  readonly received: BigUint64Array;
}

function columnsOf({ columns }: NativeBlock): SpanColumns {
  // The statement selected them by SPAN_COLUMNS, the table gives them these types.
  const column = <T>(name: string): T => columns.get(name) as T;
  return {
    traceId: column("trace_id"),
    spanId: column("span_id"),
    parentSpanId: column("parent_span_id"),
    start: column("start_unix_nano"),
    duration: column("duration_nano"),
    flags: column("flags"),
    kind: column("kind"),
    status: column("status_code"),
    name: column("name"),
    resource: column("resource"),
    scope: column("scope"),
    attributes: column("attributes"),
    types: column("attribute_types"),
    details: column("details"),
    received: column("received_unix_nano"),
  };
}

function spanAt(
  column: SpanColumns,
  row: number,
  resources: Memo<Resource>,
  scopes: Memo<Scope>,
): Span {
  const start = column.start[row] as bigint;
  const parent = column.parentSpanId.hex(row);
  return {
    traceId: column.traceId.hex(row),
    spanId: column.spanId.hex(row),
    parentSpanId: parent === NO_PARENT ? "" : parent,
    flags: column.flags[row] as number,
    name: column.name[row] as string,
    kind: column.kind[row] as number,
    startUnixNano: start,
    endUnixNano: BigInt.asUintN(64, start + (column.duration[row] as bigint)),
    attributes: attributesAt(column, row),
    statusCode: column.status[row] as number,
    resource: resources.get(column.resource[row] as string),
    scope: scopes.get(column.scope[row] as string),
    ...detailsOf(column.details[row] as string),
  };
}

function attributesAt(column: SpanColumns, row: number): Attributes {
  const types = column.types[row] as string;
  const attributes = new Map<string, AttributeValue>();
  (column.attributes[row] as readonly (readonly [string, string])[]).forEach(([key, text], i) => {
    attributes.set(key, attributeValueOf(types.charAt(i), text));
  });
  return attributes;
}
