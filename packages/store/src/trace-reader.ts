// The port through which traces are read. Every method sees everything committed before it was called.

import type { Span, SpanKind } from "@culprit/trace-model";
import type { VerdictFilter } from "./verdict-store.ts";

export interface OperationQuery {
  /** Absent: of every service. */
  readonly service?: string;
  readonly kind?: SpanKind;
}

export interface Operation {
  readonly service: string;
  readonly name: string;
  readonly kind: SpanKind;
}

/**
 * A value is compared as text with every type of value: 200 matches the string, the integer and the double.
 * Pseudo-keys: `error` (true|false: the span's status is or is not ERROR), `span.kind`, `span.status`, `scope.name`,
 * `scope.version`, `resource.<key>` (the resource's attributes alone), `event` (also the name of an event).
 * Any other key looks at span, event, link, resource and scope attributes.
 */
export interface AttributeFilter {
  readonly key: string;
  readonly value: string;
}

/** All conditions hold on ONE span; bounds are inclusive. */
export interface TraceQuery {
  readonly service?: string;
  readonly operation?: string;
  readonly startMinUnixNano?: bigint;
  readonly startMaxUnixNano?: bigint;
  readonly durationMinNanos?: number;
  readonly durationMaxNanos?: number;
  readonly attributes?: readonly AttributeFilter[];
  /** Besides: conditions on the trace's stored verdict; a trace that is not judged yet is not found. */
  readonly verdict?: VerdictFilter;
  /** Goes on where an earlier answer ended: after the trace at this place of the order. */
  readonly after?: TracePlace;
  /** Traces at most, 1 or more. */
  readonly limit: number;
}

/** Where a trace stands in the answer to one question. */
export interface TracePlace {
  /** Start of the trace's latest span that matches. */
  readonly latestUnixNano: bigint;
  /** 32 lower-case hex digits. */
  readonly traceId: string;
}

/** All stored spans of one trace, duplicates included, in no promised order. Never empty. */
export interface StoredTrace {
  readonly traceId: string;
  readonly spans: readonly Span[];
  /** Ids of spans that came when the trace had been quiet for so long that it had been judged without them. */
  readonly lateSpanIds: ReadonlySet<string>;
}

export interface TraceReader {
  /** Sorted, each once. */
  services(): Promise<readonly string[]>;
  /** Sorted by name, then service, then kind, each once. Empty for an unknown service. */
  operations(query: OperationQuery): Promise<readonly Operation[]>;
  /**
   * Traces with a matching span, those with the latest matching start first (ties by trace id), `limit` of them whenever
   * that many match, however far apart in time. The same question gets the same answer while nothing is written.
   */
  findTraces(query: TraceQuery): Promise<readonly TracePlace[]>;
  /** Archived spans included. @param traceId 32 lower-case hex digits; undefined when no span of it is stored. */
  trace(traceId: string): Promise<StoredTrace | undefined>;
  /**
   * In the order of the ids, each of which is given once; those of which no span is stored are left out. Undefined when
   * they have more than `maxSpans` together, which are not read to their end.
   */
  traces(
    traceIds: readonly string[],
    maxSpans: number,
  ): Promise<readonly StoredTrace[] | undefined>;
}
