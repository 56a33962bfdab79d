// What may be set from outside. The defaults are those of the definitions that the documentation prints.

import type { DurationNanos } from "@culprit/trace-model";
import type { Topology } from "./topology.ts";

const MILLISECOND: DurationNanos = 1e6;

export interface Thresholds {
  /** A service is the bottleneck when its share of the critical path is above this. */
  readonly bottleneckShare: number;
  readonly slowTraceNanos: DurationNanos;
  /** Time of one service on the critical path. */
  readonly slowServiceNanos: DurationNanos;
  /** One database span. */
  readonly slowQueryNanos: DurationNanos;
  /** Queries of one statement in a row, and their time together. */
  readonly nPlusOneQueryCount: number;
  readonly nPlusOneQueryNanos: DurationNanos;
  /** Calls to one target and route in a row, and their time together. */
  readonly nPlusOneCallCount: number;
  readonly nPlusOneCallNanos: DurationNanos;
  /** Calls to one callee at the same moment. */
  readonly fanOutCount: number;
  /** Reads in a row; the saving, if they ran together, and its share of the root. */
  readonly sequentialCallsCount: number;
  readonly sequentialCallsNanos: DurationNanos;
  readonly sequentialCallsShare: number;
  readonly retryAttempts: number;
  /** Attempts of the levels multiplied are a storm above this. */
  readonly retryStormAttempts: number;
  /** Time that a callee went on after its caller gave up. */
  readonly wastedWorkNanos: DurationNanos;
  /** Time without a connection, and its share of the span that waited. */
  readonly poolWaitNanos: DurationNanos;
  readonly poolWaitShare: number;
  /** Leading gap in an instance's first server span, and its share of that span. Warming code up takes a part of it. */
  readonly coldStartNanos: DurationNanos;
  readonly coldStartShare: number;
  /** Gap of self time in a span with remote children: its share of the root, and what is too short to ask about. */
  readonly uninstrumentedShare: number;
  readonly uninstrumentedNanos: DurationNanos;
}

export const DEFAULT_THRESHOLDS: Thresholds = {
  bottleneckShare: 0.5,
  slowTraceNanos: 2000 * MILLISECOND,
  slowServiceNanos: 1000 * MILLISECOND,
  slowQueryNanos: 500 * MILLISECOND,
  nPlusOneQueryCount: 5,
  nPlusOneQueryNanos: 50 * MILLISECOND,
  nPlusOneCallCount: 5,
  nPlusOneCallNanos: 300 * MILLISECOND,
  fanOutCount: 10,
  sequentialCallsCount: 2,
  sequentialCallsNanos: 100 * MILLISECOND,
  sequentialCallsShare: 0.1,
  retryAttempts: 2,
  retryStormAttempts: 3,
  wastedWorkNanos: 10 * MILLISECOND,
  poolWaitNanos: 50 * MILLISECOND,
  poolWaitShare: 0.2,
  coldStartNanos: 200 * MILLISECOND,
  coldStartShare: 0.2,
  uninstrumentedShare: 0.5,
  uninstrumentedNanos: 100 * MILLISECOND,
};

export interface AnalysisOptions {
  /**
   * Part of the parent's duration by which two siblings may overlap and still count as one after the other.
   * 0 by default; 0.01 reproduces CRISP.
   */
  readonly overlapTolerance?: number;
  readonly thresholds?: Partial<Thresholds>;
  /** What is known from other traces; absent: nothing. */
  readonly topology?: Topology;
  /** Spans that arrived after the trace had been quiet and judged. */
  readonly lateSpanIds?: ReadonlySet<string>;
}
