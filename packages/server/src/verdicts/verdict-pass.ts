// Judges traces that have gone quiet, window of arrivals by window, for as long as a server runs. It takes what receivers
// leave: where it cannot keep up it falls behind, says so, and catches up later. Where it stands is kept in the database
// after the verdicts are, so that after a crash some traces are judged twice and none is left out.

import type { Topology } from "@culprit/analysis";
import type { ArrivalWindow, TracePiece, VerdictLedger } from "@culprit/store";
import type { DurationNanos, UnixNanos } from "@culprit/trace-model";
import { PieceJudge, type PieceJudgeOptions, type Reading, WINDOW_NANOS } from "./piece-judge.ts";
import { type JudgedCounts, VerdictLine } from "./verdict-line.ts";

export interface VerdictPassOptions extends Omit<PieceJudgeOptions, "endsHere"> {
  /** How much of the time senders wait for the disk, 0 to 1; absent: none. */
  readonly waitingShare?: () => number;
}

export interface VerdictPassStatus extends JudgedCounts {
  /** Every trace whose last span arrived at or before it has its verdict. */
  readonly judgedUntil: UnixNanos;
  /** By how much the earliest arrival that waits is behind what could be judged now; 0 when none does. */
  readonly lagNanos: DurationNanos;
  /** Turns that failed and were tried again. */
  readonly failedTurns: number;
}

/** Spans of a window: after each, progress is on disk. */
const WINDOW_SPANS = 1_000_000;
/**
 * Spans of a piece: some 20 MB as the engine answers, two of them at a time. Each piece is a question that goes through
 * all parts: with pieces of two thirds of the size it took a quarter more of a processor, out of 200 parts.
 */
const PIECE_SPANS = 110_000;
/** After so many the thread's code is compiled for what comes. */
const PRACTICE_SPANS = 200_000;
const PRACTICE_PIECE_SPANS = 25_000;
const PRACTICE_NANOS = 1_000_000_000n;
/** Between windows when nothing waits, and after a turn that failed. */
const PAUSE_MS = 1_000;
const PAUSE_NANOS = BigInt(PAUSE_MS) * 1_000_000n;
/** Whoever stops a server does not wait for ever. */
const MAX_STOP_MS = 5_000;
/**
 * Senders that wait more of the time than this could send more, and what judging takes is lost to them. At half of what a
 * server takes in they wait 0 to 0.2 of the time, judging included; at all of it 0.3 to 0.4.
 */
const CALM_SHARE = 0.25;
/** From this much more on they are given way to as far as ever: an eighth of the time is worked, it never starves. */
const BUSY_RANGE = 0.1;
const MOST_RESTS = 7;

/** What there is to judge after a moment. */
interface Found {
  readonly after: UnixNanos;
  /** What arrived later could not be judged when this was found. */
  readonly limit: UnixNanos;
  /** First and last of all; absent: nothing is stored. */
  readonly arrivals?: { readonly first: UnixNanos; readonly last: UnixNanos };
  /** Absent: nothing arrived that can be judged yet. */
  readonly window?: ArrivalWindow;
  readonly pieces: readonly TracePiece[];
  /** Of the first piece. */
  readonly reading?: Reading;
}

export class VerdictPass {
  readonly #ledger: VerdictLedger;
  readonly #options: VerdictPassOptions;
  readonly #line: VerdictLine;
  readonly #stopping = new AbortController();
  #stoppedAtMs = 0;
  #judge: PieceJudge | undefined;
  #judgedUntil = 0n;
  /** Where the next window begins: what was judged before it may still be on its way to the disk. */
  #nextAfter = 0n;
  /** The latest arrival when it was last looked. */
  #latest = 0n;
  /** Nothing that waits arrived before. It may have come after hours of silence, which are no lag. */
  #waitingSince = 0n;
  /** The window after the one that is being judged: read while the thread has work, so that it need not wait. */
  #ahead: Promise<Found> | undefined;
  /**
   * The window at hand follows the one before without a pause. The engine's merges wait then: on a full machine they take a
   * sixth of it, and verdicts are wanted sooner.
   */
  #isPressed = false;
  #practisedSpans = 0;
  #failedTurns = 0;

  constructor(ledger: VerdictLedger, options: VerdictPassOptions) {
    this.#ledger = ledger;
    this.#options = options;
    this.#line = new VerdictLine(ledger, options.onError);
  }

  /** What the traces so far told of the system; a live view. */
  get topology(): Topology {
    return this.#line.topology.topology;
  }

  get status(): VerdictPassStatus {
    const until = this.#limit();
    const beforeWaiting = this.#waitingSince - 1n;
    const done = beforeWaiting > this.#judgedUntil ? beforeWaiting : this.#judgedUntil;
    const waits = this.#latest > this.#judgedUntil && until > done;
    return {
      judgedUntil: this.#judgedUntil,
      lagNanos: waits ? Number(until - done) : 0,
      ...this.#line.counts,
      failedTurns: this.#failedTurns,
    };
  }

  /** Reads where an earlier process stood. To be called once, before anything else. */
  async open(): Promise<void> {
    const { judgedUntil, shortestQuietNanos, longestQuietNanos } = await this.#ledger.progress();
    this.#judgedUntil = judgedUntil;
    this.#nextAfter = judgedUntil;
    const { topology } = this.#line;
    topology.learn(await this.#ledger.topology());
    topology.takeNews();
    const settings = { quietNanos: this.#ledger.quietNanos, shortestQuietNanos };
    const longestQuiet = BigInt(Math.round(longestQuietNanos));
    this.#judge = new PieceJudge(this.#ledger, this.#line, settings, longestQuiet, {
      ...this.#options,
      endsHere: () => this.#endsHere,
    });
  }

  /** Goes on until it is stopped. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      let worked = false;
      try {
        worked = await this.#turn(() => this.#limit(), this.#ledger.quietNanos);
        if (!worked && !this.#stopped) await this.#practise();
      } catch (error) {
        if (this.#stopped) break;
        this.#failedTurns++;
        this.#options.onError("storing verdicts failed and is tried again", error);
        await this.#startAnew();
      }
      if (!worked) {
        this.#isPressed = false;
        await this.#pause(PAUSE_MS);
      }
    }
    await this.#end();
  }

  /** Judges every trace whose last span arrived at or before `until`, without waiting for it to go quiet; then ends. */
  async runUntil(until: UnixNanos): Promise<void> {
    try {
      while (await this.#turn(() => until, 0));
    } finally {
      await this.#end();
    }
  }

  /** Lets the piece at hand be finished, the window where something of it is kept; `run` ends soon after. */
  stop(): void {
    this.#stoppedAtMs = performance.now();
    this.#stopping.abort();
  }

  /** From where progress is on disk. */
  async #startAnew(): Promise<void> {
    await this.#line.startAnew();
    this.#ahead = undefined;
    if (this.#nextAfter !== this.#judgedUntil) this.#waitingSince = 0n;
    this.#nextAfter = this.#judgedUntil;
  }

  async #end(): Promise<void> {
    // What is on its way to the disk must not find the database closed; if it failed, it is judged again.
    await this.#line.kept.catch(() => undefined);
    await this.#ahead?.catch(() => undefined);
    await this.#judge?.close();
    await this.#ledger.merges.release();
  }

  get #opened(): PieceJudge {
    if (this.#judge === undefined) throw new Error("the pass is not open");
    return this.#judge;
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Up to where traces are quiet and nothing can appear any more. */
  #limit(): UnixNanos {
    // A span of the quiet may still be on its way to the disk.
    return this.#ledger.settledUntil() - BigInt(Math.round(this.#ledger.quietNanos));
  }

  /** One window. False when there was nothing to do before the limit. */
  async #turn(limit: () => UnixNanos, waitedNanos: DurationNanos): Promise<boolean> {
    const { quiet } = this.#ledger;
    const ahead = await this.#takeAhead();
    const found = ahead ?? (await this.#look(this.#nextAfter, limit()));
    const { arrivals, window } = found;
    // What moves on here must not be put back by a window that comes to the disk later.
    if (window === undefined || window.spanCount === 0) await this.#line.kept;
    if (arrivals !== undefined && arrivals.first > this.#nextAfter) {
      await this.#line.kept;
      this.#skipTo(arrivals.first - 1n);
    }
    if (arrivals === undefined || arrivals.last <= this.#nextAfter) return false;
    if (this.#latest <= this.#nextAfter) {
      this.#waitingSince = (await quiet.nextArrival(this.#nextAfter)) ?? arrivals.last;
    }
    this.#latest = arrivals.last;
    if (window === undefined) return false;
    if (window.spanCount === 0) {
      const next = await quiet.nextArrival(window.until);
      if (next === undefined || next > found.limit) return false;
      this.#skipTo(next - 1n);
      return true;
    }
    // Windows of moments cost as much as windows of seconds.
    const isMore = () => window.until < found.limit || window.until + PAUSE_NANOS < limit();
    const isJudged = await this.#judgeWindow(found, () => {
      if (isMore()) this.#lookAhead(window.until, limit());
    });
    if (!isJudged) return false;
    const isRoom = this.#line.finish(window.until, waitedNanos, () => {
      this.#judgedUntil = window.until;
    });
    this.#nextAfter = window.until;
    await isRoom;
    if (isMore()) {
      this.#isPressed = true;
      return true;
    }
    await this.#line.kept;
    return false;
  }

  /** Nothing arrived up to there. */
  #skipTo(moment: UnixNanos): void {
    this.#judgedUntil = moment;
    this.#nextAfter = moment;
  }

  /**
   * Where nothing that came is quiet yet, the thread judges what came last, for nothing: code that has not run takes three
   * times as long, and the first seconds of a load would make verdicts late for all that follow.
   */
  async #practise(): Promise<void> {
    const isWarm = this.#line.counts.judgedTraces > 0 || this.#practisedSpans >= PRACTICE_SPANS;
    if (isWarm || this.#latest <= this.#nextAfter || this.#waitingShare() > CALM_SHARE) return;
    const { quiet } = this.#ledger;
    const window = await quiet.window(this.#latest - PRACTICE_NANOS, this.#latest, WINDOW_SPANS);
    const [piece] = await quiet.pieces(window, PRACTICE_PIECE_SPANS);
    if (piece === undefined) return;
    this.#practisedSpans += Math.min(window.spanCount, PRACTICE_PIECE_SPANS);
    if (!(await this.#opened.practise(piece))) this.#practisedSpans = PRACTICE_SPANS;
  }

  /** Changes nothing: an earlier window may still be being judged. */
  async #look(after: UnixNanos, limit: UnixNanos): Promise<Found> {
    const { quiet } = this.#ledger;
    const arrivals = await quiet.arrivals();
    if (arrivals === undefined) return { after, limit, pieces: [] };
    const from = arrivals.first > after ? arrivals.first - 1n : after;
    if (arrivals.last <= from || limit <= from) return { after, limit, arrivals, pieces: [] };
    const furthest = from + WINDOW_NANOS;
    const window = await quiet.window(from, furthest < limit ? furthest : limit, WINDOW_SPANS);
    const pieces = await quiet.pieces(window, PIECE_SPANS);
    const [first] = pieces;
    return {
      after,
      limit,
      arrivals,
      window,
      pieces,
      ...(first === undefined ? undefined : { reading: this.#opened.read(first) }),
    };
  }

  #lookAhead(after: UnixNanos, limit: UnixNanos): void {
    this.#ahead = this.#look(after, limit);
    // Awaited in its turn; until then its failure is nobody's.
    this.#ahead.catch(() => undefined);
  }

  /** Undefined where nothing was looked for, and where the turn before failed: it is to be taken again. */
  async #takeAhead(): Promise<Found | undefined> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    const found = await ahead;
    return found?.after === this.#nextAfter ? found : undefined;
  }

  /**
   * @param allRead called when the thread has the last piece to work at and the engine nothing more to read
   * @returns false where it was stopped before all was judged
   */
  async #judgeWindow({ pieces, reading }: Found, allRead: () => void): Promise<boolean> {
    const judge = this.#opened;
    this.#line.beginWindow();
    judge.beginWindow();
    let next = reading;
    for (const [i, piece] of pieces.entries()) {
      const { answer, since } = next as Reading;
      const spans = await answer;
      const following = pieces[i + 1];
      next = following && judge.read(following);
      if (following === undefined) allRead();
      const startedMs = performance.now();
      if (this.#isPressed) this.#ledger.merges.hold();
      const isJudged = await judge.judge(piece, spans, since);
      if (!isJudged || this.#endsHere) return false;
      await this.#rest(startedMs);
    }
    const [first] = pieces;
    return judge.judgeIncomplete(first as TracePiece, (startedMs) => this.#rest(startedMs));
  }

  /** What is not kept is judged again, but of what is kept without its progress there would be rows twice. */
  get #endsHere(): boolean {
    if (!this.#stopped) return false;
    return !this.#line.isPartKept || performance.now() - this.#stoppedAtMs > MAX_STOP_MS;
  }

  /** As long as receivers want it after work that began then. */
  async #rest(startedMs: number): Promise<void> {
    const rests = restsFor(this.#waitingShare());
    if (rests > 0) await this.#pause((performance.now() - startedMs) * rests);
  }

  #waitingShare(): number {
    return this.#options.waitingShare?.() ?? 0;
  }

  #pause(ms: number): Promise<void> {
    const { signal } = this.#stopping;
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal.addEventListener("abort", wake);
      if (signal.aborted) wake();
    });
  }
}

/** How many times as long as the work before it a rest is. */
function restsFor(waitingShare: number): number {
  return MOST_RESTS * Math.min(1, Math.max(0, (waitingShare - CALM_SHARE) / BUSY_RANGE));
}
