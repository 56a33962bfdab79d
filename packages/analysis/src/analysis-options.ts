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
}

export const DEFAULT_THRESHOLDS: Thresholds = {
  bottleneckShare: 0.5,
  slowTraceNanos: 2000 * MILLISECOND,
  slowServiceNanos: 1000 * MILLISECOND,
  slowQueryNanos: 500 * MILLISECOND,
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
