// A trace put together: its spans as rows and columns.
//
// Rows are in depth-first order, the verdict's root first, children by start. Three things follow, and every pass over
// a trace rests on them: a parent's row is lower than its children's, so one loop forwards is top-down and one backwards
// is bottom-up, without a stack; the subtree of row i is the rows [i, subtreeEnd[i]); and its children are found by
// stepping: first i + 1, then from c to subtreeEnd[c], as long as that is below subtreeEnd[i].

import type { DurationNanos, Span, UnixNanos } from "./span.ts";

export interface TraceOperation {
  /** Index into {@link Trace.services}. */
  readonly service: number;
  /** The span's name. */
  readonly name: string;
}

export interface SpanWarning {
  readonly spanId: string;
  readonly message: string;
}

/** All columns have one entry a row. The same spans in any order give the same rows. */
export interface Trace {
  readonly traceId: string;
  readonly spans: readonly Span[];
  /** As in `spans`, but for the server half of an id that client and server share: a derived id. */
  readonly spanIds: readonly string[];
  /** Row of the parent; -1 for roots, orphans and where a cycle was cut. */
  readonly parent: Int32Array;
  /** One past the last row of the row's subtree. */
  readonly subtreeEnd: Int32Array;
  /** The start of row 0, which the column `startNanos` counts from. */
  readonly originUnixNano: UnixNanos;
  /** Nanoseconds after {@link originUnixNano}, negative before it; at most 2^53-1 away from it. */
  readonly startNanos: Float64Array;
  /** 0 or more. */
  readonly durationNanos: Float64Array;
  /** Rows without a parent row, ascending; the first is 0, the verdict's root. */
  readonly roots: Int32Array;
  /** Those of `roots` whose parent never arrived. */
  readonly orphans: Int32Array;
  readonly services: readonly string[];
  readonly operations: readonly TraceOperation[];
  /** Index into `services`. */
  readonly service: Int32Array;
  /** Index into `operations`. */
  readonly operation: Int32Array;
  /** About the trace, one a kind of trouble, each with its count. */
  readonly warnings: readonly string[];
  /** About single spans, in the order of rows. */
  readonly spanWarnings: readonly SpanWarning[];
}

/** Longest duration and farthest distance from the trace's origin: beyond it doubles lose nanoseconds. */
export const MAX_NANOS: DurationNanos = Number.MAX_SAFE_INTEGER;

/** Absolute time of a moment `nanos` after the trace's origin. */
export function unixNanosAt(trace: Trace, nanos: number): UnixNanos {
  return trace.originUnixNano + BigInt(nanos);
}
