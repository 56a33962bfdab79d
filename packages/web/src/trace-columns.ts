// A trace page as the waterfall works on it: typed arrays, so that 100,000 spans are a few scans of memory and no objects.
// Rows come depth first, so a subtree is the range [row, subtreeEnd[row]).

import type { TracePage } from "@culprit/api";

export interface TraceColumns {
  readonly traceId: string;
  readonly startUnixNano: string;
  readonly durationNanos: number;
  readonly count: number;
  readonly services: readonly string[];
  readonly operations: readonly string[];
  readonly spanIds: readonly string[];
  readonly parent: Int32Array;
  readonly depth: Int32Array;
  readonly service: Int32Array;
  readonly operation: Int32Array;
  readonly kind: Uint8Array;
  /** Nanoseconds after the trace's start. */
  readonly start: Float64Array;
  readonly duration: Float64Array;
  readonly status: Uint8Array;
  readonly subtreeEnd: Int32Array;
  readonly rowOf: (spanId: string) => number | undefined;
}

export const STATUS_ERROR = 2;

export const KINDS: readonly string[] = [
  "unspecified",
  "internal",
  "server",
  "client",
  "producer",
  "consumer",
];

export function traceColumns(page: TracePage): TraceColumns {
  const { spans } = page;
  const parent = Int32Array.from(spans.parent);
  return {
    traceId: page.traceId,
    startUnixNano: page.startUnixNano,
    durationNanos: page.durationNanos,
    count: spans.spanId.length,
    services: page.services,
    operations: page.operations,
    spanIds: spans.spanId,
    parent,
    depth: Int32Array.from(spans.depth),
    service: Int32Array.from(spans.service),
    operation: Int32Array.from(spans.operation),
    kind: Uint8Array.from(spans.kind),
    start: Float64Array.from(spans.startNanos),
    duration: Float64Array.from(spans.durationNanos),
    status: Uint8Array.from(spans.status),
    subtreeEnd: subtreeEnds(parent),
    rowOf: rowLookup(spans.spanId),
  };
}

export function serviceName(columns: TraceColumns, row: number): string {
  return columns.services[at(columns.service, row)] ?? "";
}

export function operationName(columns: TraceColumns, row: number): string {
  return columns.operations[at(columns.operation, row)] ?? "";
}

/** A typed array's element; rows are in range by construction. */
export function at(array: Int32Array | Float64Array | Uint8Array, index: number): number {
  return array[index] ?? 0;
}

export function hasChildren(columns: TraceColumns, row: number): boolean {
  return at(columns.subtreeEnd, row) > row + 1;
}

function subtreeEnds(parent: Int32Array): Int32Array {
  const ends = new Int32Array(parent.length);
  for (let row = parent.length - 1; row >= 0; row--) {
    const end = Math.max(at(ends, row), row + 1);
    ends[row] = end;
    const above = at(parent, row);
    if (above >= 0 && at(ends, above) < end) ends[above] = end;
  }
  return ends;
}

// Built on first use: a trace that is only scrolled never needs it.
function rowLookup(spanIds: readonly string[]): (spanId: string) => number | undefined {
  let rows: Map<string, number> | undefined;
  return (spanId) => {
    rows ??= new Map(spanIds.map((id, row) => [id, row]));
    return rows.get(spanId);
  };
}
