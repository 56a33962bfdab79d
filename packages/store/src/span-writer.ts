// The port through which spans reach the database.

import type { SpanSink } from "@culprit/trace-model";

export type AppendOutcome<T> =
  /** `committed` resolves when every span of this append is on disk and can be read; it rejects with a
   * {@link StoreUnavailable} when the block could not be written: then nothing of it is kept, and it can be sent again. */
  | { readonly kind: "accepted"; readonly result: T; readonly committed: Promise<void> }
  /** Too much waits for the disk. Nothing was read or kept; try again after `retryAfterMs`. */
  | { readonly kind: "overloaded"; readonly retryAfterMs: number };

export interface WriterStatus {
  /** Spans and bytes taken in and not yet committed. */
  readonly pendingSpans: number;
  readonly pendingBytes: number;
  /** Part of the last seconds in which senders waited for a block to be written, 0 to 1. */
  readonly waitingShare: number;
  readonly committedSpans: number;
  readonly committedBlocks: number;
}

/**
 * Spans go into one open block, which many appends share; a block is committed as a whole, when it is large enough or
 * has waited a few tens of milliseconds. The writer keeps what it is given: the same span twice is stored twice, and
 * assembly shows it once.
 */
export interface SpanWriter {
  /**
   * Runs `fill` at once and synchronously against the open block. What `fill` wrote is kept as a whole or, when it
   * throws, not at all; its error passes through. A fill without spans is committed at once.
   */
  append<T>(fill: (sink: SpanSink) => T): AppendOutcome<T>;
  /** True when `append` would answer "overloaded": lets a receiver refuse before it reads a body. */
  readonly overloaded: boolean;
  readonly status: WriterStatus;
  /** Commits what is open and waits for it. */
  flush(): Promise<void>;
}

/** The database refused or could not write: a full disk, a lost connection. Safe to retry. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}
