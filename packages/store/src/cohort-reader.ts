// The port through which many traces are read at once, to be compared: columns, not objects.

import type { TraceColumns, UnixNanos } from "@culprit/trace-model";
import type { AttributeFilter, TraceQuery } from "./trace-reader.ts";

/** Half open. */
export interface TimeRange {
  readonly fromUnixNano: UnixNanos;
  readonly toUnixNano: UnixNanos;
}

/** What one span of a trace must fulfil, all of it. */
export type SpanConditions = Pick<
  TraceQuery,
  "service" | "operation" | "durationMinNanos" | "durationMaxNanos" | "attributes"
>;

export interface CohortQuery {
  /** Each group is the traces whose root starts in one of its ranges. No two ranges overlap. */
  readonly groups: readonly (readonly TimeRange[])[];
  /** Narrows all groups to traces with such a span. */
  readonly conditions?: SpanConditions;
  /** Spans with this attribute are marked in the columns. */
  readonly mark?: AttributeFilter;
  /** Traces of a group that are read at most (default 20,000), see {@link Cohort.sampledOneIn}. */
  readonly maxTraces?: number;
  /** Spans of a group that are read at most, about (default 1,000,000): what bounds the memory. */
  readonly maxSpans?: number;
  /** Told before each statement how much of the work is done, 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/** Attributes of spans. Each pair of key and value once a trace, however many of its spans carry it. */
export interface CohortAttributes {
  /** Index into the traces of the columns. */
  readonly trace: Uint32Array;
  /** Index into {@link pairs}. */
  readonly pair: Uint32Array;
  readonly pairs: readonly (readonly [key: string, value: string])[];
}

export interface Cohort {
  readonly columns: TraceColumns;
  readonly attributes: CohortAttributes;
  /**
   * One number a group: 1 where every trace was read. Where there are more than the limits allow, one trace in so many
   * is read, chosen by a hash of its id: an even sample, the same for the same question.
   */
  readonly sampledOneIn: readonly number[];
}

export interface CohortReader {
  /**
   * Every span once, though exporters send again what they lost the answer to. Spans that start more than an hour
   * outside the ranges are not looked for: a trace whose root does begins with what is found. Keys of attributes whose
   * values are as good as unique (ids, times) are left out. An empty group is no error. Sees everything committed before it was called. Traces come by id.
   */
  cohort(query: CohortQuery): Promise<Cohort>;
}
