// The port through which is read who calls whom, over any window, without a job of its own.

import type { DurationNanos, UnixNanos } from "@culprit/trace-model";

/** Calls of one service to another, or to itself: spans whose parent is stored, by the services of both. */
export interface Dependency {
  readonly parent: string;
  readonly child: string;
  readonly callCount: number;
  /** Calls of which the called span has the status ERROR. */
  readonly errorCount: number;
  /** Of the called spans' durations, within 1 %; between two of them linearly. */
  readonly p95Nanos: DurationNanos;
}

export interface DependencyReader {
  /**
   * Of the traces whose root starts in the window, both bounds inside. A span that was sent twice counts once. Each pair
   * comes once, ordered by parent, then child; an empty window gives none. Sees everything committed before it was
   * called, but for traces that are too large to be judged.
   * @param query.service narrows to pairs with it on either side
   */
  dependencies(query: {
    readonly startMinUnixNano: UnixNanos;
    readonly startMaxUnixNano: UnixNanos;
    readonly service?: string;
  }): Promise<readonly Dependency[]>;
}
