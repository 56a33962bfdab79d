// Group commit: appends share the open block; one block at a time is on its way to the disk, and while it is, the next
// fills. A block leaves when it has BLOCK_ROWS spans, when nothing more has come for longer than appends are apart, or when
// its first append has waited `maxDelayMs`: each commit costs a dozen flushes and a part to merge, so company is worth
// waiting for.

import type { SpanSink, UnixNanos } from "@culprit/trace-model";
import type { ArrivalClock } from "./arrival-clock.ts";
import type { Engine } from "./engine.ts";
import type { OperationRegister } from "./operation-register.ts";
import { SpanBlock } from "./span-block.ts";
import {
  type AppendOutcome,
  type SpanWriter,
  StoreUnavailable,
  type WriterStatus,
} from "./span-writer.ts";
import { WaitingLoad } from "./waiting-load.ts";

export interface BlockWriterOptions {
  /** Spans at which a block leaves at once. */
  readonly blockRows?: number;
  /** The longest that a block waits for company after its first append. */
  readonly maxDelayMs?: number;
  /** How long it waits for the next append, where they do not come steadily. */
  readonly maxIdleMs?: number;
  /** Appends are refused while more than this waits for the disk. */
  readonly maxPendingBytes?: number;
  /** The system's clock, nanoseconds since the epoch. */
  readonly now?: () => bigint;
  /** Told after each commit, for metrics. */
  readonly onCommit?: ((rows: number, sizeBytes: number, durationMs: number) => void) | undefined;
}

/** Blocks of 50,000 rows against 150,000 cost about 15 % in merges; larger ones cost memory and delay. */
const BLOCK_ROWS = 60_000;
const MAX_DELAY_MS = 200;
/** Between requests of a busy receiver are fewer; a single request waits no longer than this. */
const MAX_IDLE_MS = 12;
/**
 * Where appends come steadily, while a block is being written as well, the next one is waited for six times as long as they
 * are apart: of those that come by chance one in 400 is as late. Of 105,000 spans/s a third fewer blocks are written.
 */
const IDLE_GAPS = 6;
const MAX_STEADY_IDLE_MS = 40;
/** What the last gap counts in their average. */
const GAP_WEIGHT = 0.1;
/** Two full blocks of ordinary spans and one more filling. */
const MAX_PENDING_BYTES = 160 * 1024 * 1024;
const RETRY_AFTER_MS = 1_000;

export class BlockWriter implements SpanWriter {
  readonly #engine: Engine;
  readonly #operations: OperationRegister;
  readonly #options: Required<Omit<BlockWriterOptions, "now">>;
  readonly #clock: ArrivalClock;
  readonly #load = new WaitingLoad();
  #open = new OpenBlock();
  /** Kept for its memory: a block's columns are some ten megabytes. */
  #spare: OpenBlock | undefined;
  #writing: Promise<void> | undefined;
  #writingSince: UnixNanos | undefined;
  #timer: NodeJS.Timeout | undefined;
  #openSinceMs = 0;
  #lastAppendMs = 0;
  /** Between appends, on average. */
  #gapMs = MAX_STEADY_IDLE_MS;
  /** While the last block was being written: there are senders that do not wait for its end. */
  #cameMeanwhile = false;
  #due = false;
  #writingSpans = 0;
  #writingBytes = 0;
  #committedSpans = 0;
  #committedBlocks = 0;

  constructor(
    engine: Engine,
    operations: OperationRegister,
    clock: ArrivalClock,
    options: BlockWriterOptions = {},
  ) {
    this.#engine = engine;
    this.#clock = clock;
    this.#operations = operations;
    this.#options = {
      blockRows: options.blockRows ?? BLOCK_ROWS,
      maxDelayMs: options.maxDelayMs ?? MAX_DELAY_MS,
      maxIdleMs: options.maxIdleMs ?? MAX_IDLE_MS,
      maxPendingBytes: options.maxPendingBytes ?? MAX_PENDING_BYTES,
      onCommit: options.onCommit,
    };
  }

  get overloaded(): boolean {
    return this.#writingBytes + this.#open.block.sizeBytes > this.#options.maxPendingBytes;
  }

  get status(): WriterStatus {
    return {
      pendingSpans: this.#writingSpans + this.#open.block.rows,
      pendingBytes: this.#writingBytes + this.#open.block.sizeBytes,
      waitingShare: this.#load.share(performance.now()),
      committedSpans: this.#committedSpans,
      committedBlocks: this.#committedBlocks,
    };
  }

  /**
   * Every span with an earlier arrival has been committed or refused, and none will come: the clock does not go back, and
   * what is not committed yet lies in the open block or in the one that is being written.
   */
  get settledBefore(): UnixNanos {
    const { block, firstArrival } = this.#open;
    const openSince = block.rows > 0 ? firstArrival : undefined;
    return this.#writingSince ?? openSince ?? this.#clock.now();
  }

  append<T>(fill: (sink: SpanSink) => T): AppendOutcome<T> {
    if (this.overloaded) return { kind: "overloaded", retryAfterMs: RETRY_AFTER_MS };
    const { block, committed } = this.#open;
    const mark = block.mark();
    const arrival = this.#clock.now();
    if (block.rows === 0) this.#open.firstArrival = arrival;
    block.received(arrival);
    let result: T;
    try {
      result = fill(block);
    } catch (error) {
      block.rewind(mark);
      throw error;
    }
    if (block.rows === mark.rows) return { kind: "accepted", result, committed: Promise.resolve() };
    const nowMs = performance.now();
    const gapMs = Math.min(nowMs - this.#lastAppendMs, MAX_STEADY_IDLE_MS);
    this.#gapMs += GAP_WEIGHT * (gapMs - this.#gapMs);
    this.#lastAppendMs = nowMs;
    if (this.#writing !== undefined) this.#cameMeanwhile = true;
    this.#load.appended(block.rows - mark.rows, this.#lastAppendMs);
    this.#schedule(block.rows);
    return { kind: "accepted", result, committed: committed.promise };
  }

  async flush(): Promise<void> {
    while (this.#open.block.rows > 0 || this.#writing !== undefined) {
      this.#due = true;
      this.#writeIfDue();
      await this.#writing;
    }
  }

  #schedule(rows: number): void {
    if (rows >= this.#options.blockRows) this.#due = true;
    if (this.#due) {
      this.#writeIfDue();
    } else if (this.#timer === undefined) {
      this.#openSinceMs = this.#lastAppendMs;
      this.#wait();
    }
  }

  #wait(): void {
    const nowMs = performance.now();
    const leftMs = this.#openSinceMs + this.#options.maxDelayMs - nowMs;
    const idleMs = this.#lastAppendMs + this.#maxIdleMs - nowMs;
    if (leftMs <= 0 || idleMs <= 0) {
      this.#timer = undefined;
      this.#due = true;
      this.#writeIfDue();
      return;
    }
    this.#timer = setTimeout(() => this.#wait(), Math.min(leftMs, idleMs));
  }

  get #maxIdleMs(): number {
    const { maxIdleMs } = this.#options;
    const steadyMs = IDLE_GAPS * this.#gapMs;
    const isSteady = this.#cameMeanwhile && steadyMs <= MAX_STEADY_IDLE_MS;
    return isSteady ? Math.max(steadyMs, maxIdleMs) : maxIdleMs;
  }

  #writeIfDue(): void {
    if (!this.#due || this.#open.block.rows === 0) return;
    if (this.#writing !== undefined) {
      // One that is due for want of company keeps nobody from sending more.
      if (this.#open.block.rows >= this.#options.blockRows) this.#load.due(performance.now());
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = false;
    this.#cameMeanwhile = false;
    const full = this.#open;
    this.#open = this.#spare ?? new OpenBlock();
    this.#spare = undefined;
    this.#writing = this.#write(full).finally(() => {
      this.#writing = undefined;
      this.#writeIfDue();
    });
  }

  async #write(full: OpenBlock): Promise<void> {
    const { block, committed } = full;
    const { rows, sizeBytes } = block;
    this.#writingSpans = rows;
    this.#writingBytes = sizeBytes;
    this.#writingSince = full.firstArrival;
    const started = performance.now();
    this.#load.began(started);
    try {
      const operations = this.#operations.unknown(block, this.#clock.now());
      const blocks = [{ columns: block.columns(), rows }];
      await this.#engine.insert({ table: "culprit.spans", blocks });
      await this.#operations.register(operations);
      this.#committedSpans += rows;
      this.#committedBlocks++;
      committed.resolve();
      this.#options.onCommit?.(rows, sizeBytes, performance.now() - started);
    } catch (error) {
      committed.reject(
        error instanceof StoreUnavailable
          ? error
          : new StoreUnavailable("a block could not be written", { cause: error }),
      );
    } finally {
      this.#load.ended(performance.now());
      this.#writingSpans = 0;
      this.#writingBytes = 0;
      this.#writingSince = undefined;
      // An outsized block is let go rather than kept for its memory.
      if (rows <= this.#options.blockRows * 2) {
        full.reset();
        this.#spare = full;
      }
    }
  }
}

class OpenBlock {
  readonly block: SpanBlock = new SpanBlock();
  committed: PromiseWithResolvers<void> = newCommit();
  /** Arrival of its first append. */
  firstArrival: UnixNanos | undefined;

  reset(): void {
    this.block.clear();
    this.firstArrival = undefined;
    this.committed = newCommit();
  }
}

function newCommit(): PromiseWithResolvers<void> {
  const commit = Promise.withResolvers<void>();
  // An append whose caller has gone must not end the process when its block fails.
  commit.promise.catch(() => undefined);
  return commit;
}
