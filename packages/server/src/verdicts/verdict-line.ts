// Verdicts on their way to the disk, one write after the other while more is judged: rows first, then that all up to a
// moment is judged.

import { TopologyCollector } from "@culprit/analysis";
import type { VerdictLedger, VerdictRows } from "@culprit/store";
import type { DurationNanos, UnixNanos } from "@culprit/trace-model";
import type { Judged } from "./trace-judge.ts";

/** Rows that go to the disk together: each time costs flushes and a part that is to be merged. */
const KEEP_ROWS = 50_000;

export interface JudgedCounts {
  readonly judgedTraces: number;
  readonly judgedSpans: number;
  /** Traces that have a row but no verdict: too large, or a fault of ours. */
  readonly unjudgedTraces: number;
}

export class VerdictLine {
  readonly #ledger: VerdictLedger;
  readonly #onError: (message: string, error: unknown) => void;
  /** What the traces so far told of the system. */
  readonly topology: TopologyCollector = new TopologyCollector();
  #topologyDay = "";
  #isPartKept = false;
  /** What waits for company. */
  #judged: Judged[] = [];
  /** What went off before, the last of it. */
  #keeping: Promise<void> = Promise.resolve();
  /** The progress of the window before. */
  #finished: Promise<void> = Promise.resolve();
  #judgedTraces = 0;
  #judgedSpans = 0;
  #unjudgedTraces = 0;

  constructor(ledger: VerdictLedger, onError: (message: string, error: unknown) => void) {
    this.#ledger = ledger;
    this.#onError = onError;
  }

  get counts(): JudgedCounts {
    return {
      judgedTraces: this.#judgedTraces,
      judgedSpans: this.#judgedSpans,
      unjudgedTraces: this.#unjudgedTraces,
    };
  }

  /** Whether rows went off since the window began. Without its progress they would be there twice. */
  get isPartKept(): boolean {
    return this.#isPartKept;
  }

  beginWindow(): void {
    this.#isPartKept = false;
  }

  /** Resolves when there is room for more. */
  async add(judged: Judged): Promise<void> {
    this.topology.learn(judged.news);
    this.#judged.push(judged);
    if (rowCount(this.#judged) < KEEP_ROWS) return;
    const before = this.#keeping;
    this.keep();
    await before;
  }

  /** A row without a verdict, at once. */
  async addUnjudged(row: VerdictRows): Promise<void> {
    this.#isPartKept = true;
    await this.#next(() => this.#ledger.keep([row]));
    this.#unjudgedTraces++;
  }

  /** What waits goes off. Resolves when it is on disk. */
  keep(): Promise<void> {
    const judged = this.#judged;
    if (judged.length === 0) return this.#keeping;
    this.#judged = [];
    this.#isPartKept ||= rowCount(judged) > 0;
    return this.#next(() => this.#write(judged));
  }

  /**
   * What waits goes off, then that everything up to there is judged; then follows `done`. Resolves when there is room for
   * another window: the one before is on disk, so that two are on their way at most.
   */
  finish(until: UnixNanos, waitedNanos: DurationNanos, done: () => void): Promise<void> {
    this.keep();
    const before = this.#finished;
    this.#finished = this.#next(async () => {
      await this.#ledger.judged(until, waitedNanos);
      done();
    });
    return before;
  }

  /** Resolves when what went off is on disk; rejects where that failed. */
  get kept(): Promise<void> {
    return this.#keeping;
  }

  /** After a failure; what was not kept is judged again. */
  async startAnew(): Promise<void> {
    await this.#keeping.catch(() => undefined);
    this.#keeping = Promise.resolve();
    this.#finished = Promise.resolve();
    this.#judged = [];
    // The thread tells no news twice: all is entered anew with what is kept next.
    this.#topologyDay = "";
  }

  /** After one that failed none follows. */
  #next(work: () => Promise<void>): Promise<void> {
    this.#keeping = this.#keeping.then(work);
    // Awaited in its turn; until then its failure is nobody's.
    this.#keeping.catch(() => undefined);
    return this.#keeping;
  }

  async #write(judged: readonly Judged[]): Promise<void> {
    await this.#enterNews();
    await this.#ledger.keep(judged.map(({ rows }) => rows));
    for (const { traceCount, spanCount, failures } of judged) {
      this.#judgedTraces += traceCount - failures.length;
      this.#judgedSpans += spanCount;
      this.#unjudgedTraces += failures.length;
      for (const { traceId, message } of failures) {
        this.#onError(`trace ${traceId} could not be judged`, message);
      }
    }
  }

  /** Once a day everything is entered anew, so that retention can drop the days before. */
  async #enterNews(): Promise<void> {
    const news = this.topology.takeNews();
    const day = new Date(Number(this.#ledger.now() / 1_000_000n)).toISOString().slice(0, 10);
    const isNewDay = day !== this.#topologyDay;
    await this.#ledger.enter(day, isNewDay ? this.topology.knowledge() : news);
    this.#topologyDay = day;
  }
}

function rowCount(judged: readonly Judged[]): number {
  return judged.reduce((sum, { rows }) => sum + rows.rows, 0);
}
