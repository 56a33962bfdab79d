// Judges what the database answers of a window, piece by piece, and takes apart what is too much at once or at fault.

import type { TopologyKnowledge } from "@culprit/analysis";
import { type TracePiece, VerdictBlock, type VerdictLedger } from "@culprit/store";
import type { UnixNanos } from "@culprit/trace-model";
import type { Judging } from "./judging.ts";
import { type JudgeOutcome, type JudgeSettings, NOT_JUDGED, unjudgedRow } from "./trace-judge.ts";
import type { VerdictLine } from "./verdict-line.ts";

export interface PieceJudgeOptions {
  readonly startJudging: (
    settings: JudgeSettings,
    known: TopologyKnowledge,
  ) => Judging | Promise<Judging>;
  /** Told of a turn or a trace that failed. What failed in a turn is tried again, a trace that cannot be judged is not. */
  readonly onError: (message: string, error: unknown) => void;
  /** Whether what is left of a window is given up: it was stopped. */
  readonly endsHere: () => boolean;
}

/** A larger trace is not judged: 1.2 KB of memory a span, beside everything else a server does. */
const MAX_SPANS = 400_000;
/** Of arrivals: at most this much at once, so that where little comes a window is not asked for span by span. */
export const WINDOW_NANOS = 4_000_000_000n;
/**
 * A window is read back as far before it. SDKs flush every five seconds: of few traces do spans arrive further apart, and
 * those are read again by their ids.
 */
const LONG_TRACE_NANOS = 6_000_000_000n;
/** Of a piece that is too much to read at once, this much is. */
const PART_SPANS = 100_000;
/** Read at once when looked for by their ids: the engine takes statements of 256 KiB. */
const IDS_A_STATEMENT = 1_000;

/** The spans of a piece, as the engine answers. */
export interface Reading {
  readonly answer: Promise<Uint8Array>;
  /** It lacks what arrived until then. */
  readonly since: UnixNanos;
}

interface AnswerBounds {
  /** The answer lacks what arrived until then; absent: it lacks nothing. */
  readonly since?: UnixNanos;
  /** It holds no other traces of the piece than these; absent: it holds all. */
  readonly only?: ReadonlySet<string>;
  /** It was small enough by the number of its spans, or so it seemed. */
  readonly isPart?: true;
}

export class PieceJudge {
  readonly #ledger: VerdictLedger;
  readonly #line: VerdictLine;
  readonly #options: PieceJudgeOptions;
  readonly #settings: JudgeSettings;
  readonly #longestQuiet: bigint;
  #judging: Judging | undefined;
  /** From this arrival on the thread knows which traces went on. */
  #followedFrom: UnixNanos | undefined;
  /** Traces of the window at hand that are to be read again by their ids. */
  #incomplete: string[] = [];

  /** @param longestQuiet that was ever waited for, in nanoseconds */
  constructor(
    ledger: VerdictLedger,
    line: VerdictLine,
    settings: JudgeSettings,
    longestQuiet: bigint,
    options: PieceJudgeOptions,
  ) {
    this.#ledger = ledger;
    this.#line = line;
    this.#settings = settings;
    this.#longestQuiet = longestQuiet;
    this.#options = options;
  }

  beginWindow(): void {
    this.#incomplete = [];
  }

  /** Changes nothing: an earlier piece may still be being judged. */
  read(piece: TracePiece): Reading {
    const since = this.#since(piece);
    const answer = this.#ledger.quiet.spans(piece, since, MAX_SPANS);
    // Awaited in its turn; until then its failure is nobody's.
    answer.catch(() => undefined);
    return { answer, since };
  }

  /** @returns false where it was stopped before all was judged */
  judge(piece: TracePiece, answer: Uint8Array, since: UnixNanos): Promise<boolean> {
    return this.#judge(piece, answer, { since });
  }

  /**
   * Traces of the window that may have spans before those that were read.
   * @param judged called after each part of them with the moment when it was begun
   * @returns false where it was stopped before all were judged
   */
  async judgeIncomplete(
    piece: TracePiece,
    judged: (startedMs: number) => Promise<void>,
  ): Promise<boolean> {
    const traceIds = this.#incomplete.sort();
    for (let at = 0; at < traceIds.length; at += IDS_A_STATEMENT) {
      if (this.#options.endsHere()) return false;
      const startedMs = performance.now();
      const ids = traceIds.slice(at, at + IDS_A_STATEMENT);
      const part = { ...piece, firstTraceId: ids[0] as string, lastTraceId: ids.at(-1) as string };
      const answer = await this.#ledger.quiet.wholeTraces(ids, MAX_SPANS);
      if (!(await this.#judge(part, answer, { only: new Set(ids) }))) return false;
      await judged(startedMs);
    }
    return true;
  }

  /**
   * For nothing: so that the thread's code is compiled. What is wrong with it will be told of what counts.
   * @returns false where it failed
   */
  async practise(piece: TracePiece): Promise<boolean> {
    const answer = await this.#ledger.quiet.spans(piece, piece.window.after, MAX_SPANS);
    const task = { answer, judgedUnixNano: this.#ledger.now(), maxSpans: MAX_SPANS };
    try {
      this.#judging ??= await this.#startJudging();
      await this.#judging.practise(task);
      return true;
    } catch {
      await this.close();
      return false;
    }
  }

  async close(): Promise<void> {
    await this.#judging?.close();
    this.#judging = undefined;
  }

  async #judge(
    piece: TracePiece,
    answer: Uint8Array,
    { since, only, isPart }: AnswerBounds,
  ): Promise<boolean> {
    this.#judging ??= await this.#startJudging();
    this.#followedFrom ??= piece.window.after;
    const task = { answer, judgedUnixNano: this.#ledger.now(), maxSpans: MAX_SPANS };
    const bounds =
      since === undefined
        ? undefined
        : {
            since,
            wholeAfter: since + this.#unfollowedNanos(piece),
            quietAfter: piece.window.until,
          };
    let outcome: JudgeOutcome;
    try {
      outcome = await this.#judging.judge({ ...task, ...bounds });
    } catch (error) {
      // The thread ended, most likely for want of memory: what it was at is taken apart.
      if (this.#options.endsHere()) return false;
      this.#options.onError("judging failed; its traces are judged one by one", error);
      await this.close();
      return this.#judgeApart(piece, 1, only);
    }
    if (outcome.kind === "cut") return this.#judgeApart(piece, isPart ? 1 : PART_SPANS, only);
    await this.#line.add(outcome);
    for (const traceId of outcome.incomplete) this.#incomplete.push(traceId);
    return true;
  }

  /**
   * @param partSpans that are read at once; of 1 each trace is read on its own
   * @returns false where it was stopped before all was judged
   */
  async #judgeApart(
    piece: TracePiece,
    partSpans: number,
    only?: ReadonlySet<string>,
  ): Promise<boolean> {
    // Of those that go on the thread is told nothing.
    if (only === undefined) this.#followedFrom = piece.window.until;
    const isOne = piece.firstTraceId === piece.lastTraceId;
    let part: string[] = [];
    let partSize = 0;
    const judgePart = async (): Promise<boolean> => {
      const [firstTraceId] = part;
      if (firstTraceId === undefined) return true;
      if (this.#options.endsHere()) return false;
      const lastTraceId = part.at(-1) as string;
      const answer = await this.#ledger.quiet.wholeTraces(part, MAX_SPANS);
      const bounds = { only: new Set(part), isPart: true } as const;
      part = [];
      partSize = 0;
      return this.#judge({ ...piece, firstTraceId, lastTraceId }, answer, bounds);
    };
    for (const { traceId, spanCount, lastArrival } of await this.#ledger.quiet.traces(piece)) {
      if (this.#options.endsHere()) return false;
      if (only !== undefined && !only.has(traceId)) continue;
      if (isOne || spanCount >= MAX_SPANS) {
        await this.#leaveOut(traceId, spanCount, lastArrival);
        continue;
      }
      const isFull = partSize + spanCount > partSpans || part.length === IDS_A_STATEMENT;
      if (isFull && !(await judgePart())) return false;
      part.push(traceId);
      partSize += spanCount;
    }
    return judgePart();
  }

  /** A row that says why it has no verdict. */
  async #leaveOut(traceId: string, spanCount: number, lastArrival: UnixNanos): Promise<void> {
    const notJudged = spanCount < MAX_SPANS ? NOT_JUDGED.failed : NOT_JUDGED.tooLarge;
    const block = new VerdictBlock();
    const judgedUnixNano = this.#ledger.now();
    block.add(unjudgedRow(traceId, spanCount, lastArrival), {
      judgedUnixNano,
      again: true,
      notJudged,
    });
    await this.#line.addUnjudged({ columns: block.columns(), rows: block.rows });
    // What comes late of it is not judged as if it were all.
    this.#judging?.seen([traceId]);
    this.#options.onError(`trace ${traceId} of ${spanCount} spans is not judged`, notJudged);
  }

  /** Long enough before the window that few traces which end in it were not judged by then and yet began before. */
  #since(piece: TracePiece): UnixNanos {
    const lookBack = LONG_TRACE_NANOS + this.#unfollowedNanos(piece);
    const { after } = piece.window;
    return after > lookBack ? after - lookBack : 0n;
  }

  /**
   * What is not judged yet went on within the quiet and a window, so that it has a span in so long before any moment. The
   * thread knows those that went on since it began, and after as long it knows them all.
   */
  #unfollowedNanos({ window }: TracePiece): bigint {
    const goesOnNanos = this.#longestQuiet + WINDOW_NANOS;
    const from = this.#followedFrom;
    return from !== undefined && window.after >= from + goesOnNanos ? 0n : goesOnNanos;
  }

  async #startJudging(): Promise<Judging> {
    // A thread that follows one which died is to know all that was judged, from the table.
    await this.#line.keep();
    this.#followedFrom = undefined;
    const known = this.#line.topology.knowledge();
    const judging = await this.#options.startJudging(this.#settings, known);
    try {
      for await (const traceIds of this.#ledger.quiet.judgedTraces()) {
        if (this.#options.endsHere()) throw new Error("stopped");
        judging.seen(traceIds);
      }
    } catch (error) {
      await judging.close();
      throw error;
    }
    return judging;
  }
}
