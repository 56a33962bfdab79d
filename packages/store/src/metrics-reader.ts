// The port through which rates, errors and latencies of services are read, computed from their spans.

import type { SpanKind, UnixNanos } from "@culprit/trace-model";

/** Points from `firstUnixNano` on, `stepNanos` from one to the next. Each speaks of the spans that start in (point - ratePerNanos, point]. */
export interface MetricsQuery {
  /** At least one. */
  readonly services: readonly string[];
  /** Spans of these kinds are calls; at least one. */
  readonly kinds: readonly SpanKind[];
  /** A series for each operation, not for each service. */
  readonly byOperation: boolean;
  readonly firstUnixNano: UnixNanos;
  /** 1 or more. */
  readonly stepNanos: bigint;
  readonly pointCount: number;
  /** 1 or more. */
  readonly ratePerNanos: bigint;
}

export interface MetricSeries {
  readonly service: string;
  /** Empty where operations are not told apart. */
  readonly operation: string;
}

export interface CallCounts extends MetricSeries {
  /** One a point. */
  readonly callCounts: Uint32Array;
  /** Calls with the status ERROR. */
  readonly errorCounts: Uint32Array;
}

export interface CallLatencies extends MetricSeries {
  /** One a point, within 1 %, between two durations linearly; NaN where nothing was called. */
  readonly latencyNanos: Float64Array;
}

/**
 * Series come by service, then operation; those without a call are left out. A span that was sent twice counts once. Sees
 * everything committed before it was called.
 */
export interface MetricsReader {
  calls(query: MetricsQuery): Promise<readonly CallCounts[]>;
  /** @param quantile 0 to 1 */
  latencies(query: MetricsQuery, quantile: number): Promise<readonly CallLatencies[]>;
}
