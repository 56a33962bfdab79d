// The port through which verdicts of traces that have gone quiet are kept and asked for. One verdict a trace; a trace
// that is judged again, since late spans came, replaces its verdict. What an older analysis said stays as it was judged.

import type { DurationNanos, UnixNanos } from "@culprit/trace-model";
import type { TraceQuery } from "./trace-reader.ts";

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
  /** The critical path as a tree, one entry a call stack, callers first; sums to `durationNanos`. */
  readonly path: readonly PathShare[];
  /** Arrival of the last span that was judged. */
  readonly receivedUnixNano: UnixNanos;
  readonly analysisVersion: number;
}

export interface PathShare {
  /** Of the innermost span. */
  readonly service: string;
  readonly operation: string;
  /** Place of the entry that called it, lower than its own; -1 for the root's. */
  readonly parent: number;
  /** 0 for one that only leads to others. */
  readonly nanos: DurationNanos;
}

/** All given conditions hold on the trace's verdict. */
export interface VerdictFilter {
  readonly bottleneckService?: string;
  readonly findingKind?: string;
  /** Service in which a failure began. */
  readonly errorOrigin?: string;
}

/** Verdicts whose root starts in the window, half open. */
export interface VerdictQuery {
  readonly fromUnixNano: UnixNanos;
  readonly toUnixNano: UnixNanos;
  /** Narrows to traces that a search with these conditions would find. */
  readonly traces?: Omit<TraceQuery, "limit" | "after">;
}

/** Everything committed before the call is seen; each trace comes once, with its latest verdict. */
export interface VerdictReader {
  /** In the order of the roots' starts (ties by trace id), a few thousand at a time, so that days fit into memory. */
  verdicts(query: VerdictQuery): AsyncIterable<readonly StoredVerdict[]>;
}
