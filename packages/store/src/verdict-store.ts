// The port through which verdicts of traces that have gone quiet are kept and asked for. One row a trace; a trace that is
// judged again (late spans, a newer analysis) replaces its row.

import type { DurationNanos, UnixNanos } from "@culprit/trace-model";

/** What search and profiles need of a verdict. */
export interface StoredVerdict {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** The root's. */
  readonly startUnixNano: UnixNanos;
  /** The root's. */
  readonly durationNanos: DurationNanos;
  readonly rootService: string;
  readonly rootOperation: string;
  readonly spanCount: number;
  readonly errorSpanCount: number;
  /** Empty where there is no bottleneck. */
  readonly bottleneckService: string;
  readonly bottleneckOperation: string;
  /** Each once. */
  readonly findingKinds: readonly string[];
  /** Services in which failures began, each once. */
  readonly errorOrigins: readonly string[];
  /** The critical path, one entry an operation, the largest first; sums to `durationNanos`. */
  readonly path: readonly PathShare[];
  /** Arrival of the last span that was judged. */
  readonly receivedUnixNano: UnixNanos;
  readonly analysisVersion: number;
}

export interface PathShare {
  readonly service: string;
  readonly operation: string;
  readonly nanos: DurationNanos;
}

/** All given conditions hold on the trace's verdict. */
export interface VerdictFilter {
  readonly bottleneckService?: string;
  readonly findingKind?: string;
  /** Service in which a failure began. */
  readonly errorOrigin?: string;
}
