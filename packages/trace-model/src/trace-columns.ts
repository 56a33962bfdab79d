// Spans of many traces as columns, for what compares thousands of traces at once: no object a span.
//
// Rows of a trace lie together, in ascending order of start, so that a parent's children come by start; a clock that is
// off may put a child before its parent.

export const Failing = {
  no: 0,
  /**
   * The status is ERROR, an exception is recorded, or nobody marked it and the answer says that the server failed: an HTTP
   * status of 500 or more, a gRPC status such as UNAVAILABLE.
   */
  fails: 1,
  /** Nobody marked it: a client's HTTP status of 400 to 499, a gRPC status such as NOT_FOUND. May well be normal. */
  refused: 2,
} as const;

/** One trace an entry of the first four, one span an entry of the others. */
export interface TraceColumns {
  /** 32 lower-case hex digits. */
  readonly traceIds: readonly string[];
  /** The trace's rows are [firstRow[t], firstRow[t + 1]); one entry more than there are traces. */
  readonly firstRow: Uint32Array;
  /** The verdict's root, see `assembleTrace`. */
  readonly root: Uint32Array;
  /** The group that the reader was asked for in which the trace's root starts. */
  readonly group: Uint8Array;

  /** Row of the parent in the same trace; -1 for roots, orphans and where a cycle was cut. */
  readonly parent: Int32Array;
  /** Index into {@link services}. */
  readonly service: Uint32Array;
  /** Index into {@link operations}. */
  readonly operation: Uint32Array;
  /** Index into {@link resources}. */
  readonly resource: Uint32Array;
  readonly kind: Uint8Array;
  /** See {@link Failing}. */
  readonly errs: Uint8Array;
  /** 1 where the span carries the attribute that the reader was asked to mark. */
  readonly marked: Uint8Array;
  /** Nanoseconds after the trace's root starts; at most 2^53-1 away from it. */
  readonly startNanos: Float64Array;
  /** 0 or more, at most 2^53-1. */
  readonly durationNanos: Float64Array;

  readonly services: readonly string[];
  /** Names alone: two services may share one. */
  readonly operations: readonly string[];
  /** The resource's attributes, values as text. */
  readonly resources: readonly (readonly (readonly [key: string, value: string])[])[];
}
