// Judges traces that have gone quiet, window of arrivals by window, for as long as a server runs. It takes what receivers
// leave: where it cannot keep up it falls behind, says so, and catches up later. Where it stands is kept in the database
// after the verdicts are, so that after a crash some traces are judged twice and none is left out.

import { type Topology, TopologyCollector, type TopologyKnowledge } from "@culprit/analysis";
import {
  type ArrivalWindow,
  type TracePiece,
  VerdictBlock,
  type VerdictLedger,
} from "@culprit/store";
import type { DurationNanos, UnixNanos } from "@culprit/trace-model";
import type { Judging } from "./judging.ts";
import {
  type Judged,
  type JudgeOutcome,
  type JudgeSettings,
  NOT_JUDGED,
  unjudgedRow,
} from "./trace-judge.ts";

export interface VerdictPassOptions {
  readonly startJudging: (
    settings: JudgeSettings,
    known: TopologyKnowledge,
  ) => Judging | Promise<Judging>;
  /** How much of the time senders wait for the disk, 0 to 1; absent: none. */
  readonly waitingShare?: () => number;
  /** Told of a turn or a trace that failed. What failed in a turn is tried again, a trace that cannot be judged is not. */
  readonly onError: (message: string, error: unknown) => void;
}

export interface VerdictPassStatus {
  /** Every trace whose last span arrived at or before it has its verdict. */
  readonly judgedUntil: UnixNanos;
  /** By how much the earliest arrival that waits is behind what could be judged now; 0 when none does. */
  readonly lagNanos: DurationNanos;
  readonly judgedTraces: number;
  readonly judgedSpans: number;
  /** Traces that have a row but no verdict: too large, or a fault of ours. */
  readonly unjudgedTraces: number;
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
/** Rows that go to the disk together: each time costs flushes and a part that is to be merged. */
const KEEP_ROWS = 50_000;
/** A larger trace is not judged: 1.2 KB of memory a span, beside everything else a server does. */
const MAX_SPANS = 400_000;
/** Of arrivals: at most this much at once, so that where little comes a window is not asked for span by span. */
const WINDOW_NANOS = 4_000_000_000n;
/**
 * A window is read back as far before it. SDKs flush every five seconds: of few traces do spans arrive further apart, and
 * those are read again by their ids.
 */
const LONG_TRACE_NANOS = 6_000_000_000n;
/** After so many the thread's code is compiled for what comes. */
const PRACTICE_SPANS = 200_000;
const PRACTICE_PIECE_SPANS = 25_000;
const PRACTICE_NANOS = 1_000_000_000n;
/** Between windows when nothing waits, and after a turn that failed. */
const PAUSE_MS = 1_000;
const PAUSE_NANOS = BigInt(PAUSE_MS) * 1_000_000n;
/** Whoever stops a server does not wait for ever. */
const MAX_STOP_MS = 5_000;
/** Of a piece that is too much to read at once, this much is. */
const PART_SPANS = 100_000;
/** Read at once when looked for by their ids: the engine takes statements of 256 KiB. */
const IDS_A_STATEMENT = 1_000;
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

/** The spans of a piece, as the engine answers. */
interface Reading {
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

export class VerdictPass {
  readonly #ledger: VerdictLedger;
  readonly #options: VerdictPassOptions;
  readonly #topology = new TopologyCollector();
  readonly #stopping = new AbortController();
  #stoppedAtMs = 0;
  #judging: Judging | undefined;
  #settings: JudgeSettings | undefined;
  #longestQuiet = 0n;
  #judgedUntil = 0n;
  /** Where the next window begins: what was judged before it may still be on its way to the disk. */
  #nextAfter = 0n;
  /** The latest arrival when it was last looked. */
  #latest = 0n;
  /** Nothing that waits arrived before. It may have come after hours of silence, which are no lag. */
  #waitingSince = 0n;
  #topologyDay = "";
  /** The window after the one that is being judged: read while the thread has work, so that it need not wait. */
  #ahead: Promise<Found> | undefined;
  /** Traces of the window at hand that are to be read again by their ids. */
  #incomplete: string[] = [];
  /** Verdicts that wait for company on their way to the disk. */
  #judged: Judged[] = [];
  /**
   * The window at hand follows the one before without a pause. The engine's merges wait then: on a full machine they take a
   * sixth of it, and verdicts are wanted sooner.
   */
  #isPressed = false;
  /** Of the window at hand. */
  #isPartKept = false;
  /** Those before them, on that way while more is judged. */
  #keeping: Promise<void> = Promise.resolve();
  #judgedTraces = 0;
  #judgedSpans = 0;
  #practisedSpans = 0;
  /** From this arrival on the thread knows which traces went on. */
  #followedFrom: UnixNanos | undefined;
  #unjudgedTraces = 0;
  #failedTurns = 0;

  constructor(ledger: VerdictLedger, options: VerdictPassOptions) {
    this.#ledger = ledger;
    this.#options = options;
  }

  /** What the traces so far told of the system; a live view. */
  get topology(): Topology {
    return this.#topology.topology;
  }

  get status(): VerdictPassStatus {
    const until = this.#limit();
    const beforeWaiting = this.#waitingSince - 1n;
    const done = beforeWaiting > this.#judgedUntil ? beforeWaiting : this.#judgedUntil;
    const waits = this.#latest > this.#judgedUntil && until > done;
    return {
      judgedUntil: this.#judgedUntil,
      lagNanos: waits ? Number(until - done) : 0,
      judgedTraces: this.#judgedTraces,
      judgedSpans: this.#judgedSpans,
      unjudgedTraces: this.#unjudgedTraces,
      failedTurns: this.#failedTurns,
    };
  }

  /** Reads where an earlier process stood. To be called once, before anything else. */
  async open(): Promise<void> {
    const { judgedUntil, shortestQuietNanos, longestQuietNanos } = await this.#ledger.progress();
    this.#judgedUntil = judgedUntil;
    this.#nextAfter = judgedUntil;
    this.#settings = { quietNanos: this.#ledger.quietNanos, shortestQuietNanos };
    this.#longestQuiet = BigInt(Math.round(longestQuietNanos));
    this.#topology.learn(await this.#ledger.topology());
    this.#topology.takeNews();
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
      this.#isPressed = worked;
      if (!worked) await this.#pause(PAUSE_MS);
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
    await this.#keeping.catch(() => undefined);
    this.#keeping = Promise.resolve();
    this.#judged = [];
    if (this.#nextAfter !== this.#judgedUntil) this.#waitingSince = 0n;
    this.#nextAfter = this.#judgedUntil;
    // The thread tells no news twice: all is entered anew with what is kept next.
    this.#topologyDay = "";
  }

  async #end(): Promise<void> {
    // What is on its way to the disk must not find the database closed; if it failed, it is judged again.
    await this.#keeping.catch(() => undefined);
    await this.#ahead?.then(({ reading }) => reading?.answer).catch(() => undefined);
    await this.#judging?.close();
    this.#judging = undefined;
    await this.#ledger.merges.release();
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
    if (window === undefined || window.spanCount === 0) await this.#keeping;
    if (arrivals !== undefined && arrivals.first > this.#nextAfter) {
      await this.#keeping;
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
    const before = this.#keeping;
    const finished = this.#finish(window.until, waitedNanos);
    this.#nextAfter = window.until;
    await before;
    if (isMore()) return true;
    await finished;
    return false;
  }

  /** Nothing arrived up to there. */
  #skipTo(moment: UnixNanos): void {
    this.#judgedUntil = moment;
    this.#nextAfter = moment;
  }

  /** The window's rows, then that it is judged. */
  #finish(until: UnixNanos, waitedNanos: DurationNanos): Promise<void> {
    this.#keepJudged();
    return this.#next(async () => {
      await this.#ledger.judged(until, waitedNanos);
      this.#judgedUntil = until;
    });
  }

  /** One after the other on the way to the disk; after one that failed none follows. */
  #next(work: () => Promise<void>): Promise<void> {
    this.#keeping = this.#keeping.then(work);
    // Awaited in its turn; until then its failure is nobody's.
    this.#keeping.catch(() => undefined);
    return this.#keeping;
  }

  /**
   * Where nothing that came is quiet yet, the thread judges what came last, for nothing: code that has not run takes three
   * times as long, and the first seconds of a load would make verdicts late for all that follow.
   */
  async #practise(): Promise<void> {
    const isWarm = this.#judgedTraces > 0 || this.#practisedSpans >= PRACTICE_SPANS;
    if (isWarm || this.#latest <= this.#nextAfter || this.#waitingShare() > CALM_SHARE) return;
    const { quiet } = this.#ledger;
    const window = await quiet.window(this.#latest - PRACTICE_NANOS, this.#latest, WINDOW_SPANS);
    const [piece] = await quiet.pieces(window, PRACTICE_PIECE_SPANS);
    if (piece === undefined) return;
    const answer = await quiet.spans(piece, window.after, MAX_SPANS);
    this.#practisedSpans += Math.min(window.spanCount, PRACTICE_PIECE_SPANS);
    try {
      this.#judging ??= await this.#startJudging();
      await this.#judging.practise({
        answer,
        judgedUnixNano: this.#ledger.now(),
        maxSpans: MAX_SPANS,
      });
    } catch {
      // What is wrong will be told of what counts.
      this.#practisedSpans = PRACTICE_SPANS;
      await this.#judging?.close();
      this.#judging = undefined;
    }
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
      ...(first === undefined ? undefined : { reading: this.#read(first) }),
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

  #read(piece: TracePiece): Reading {
    const since = this.#since(piece);
    const answer = this.#ledger.quiet.spans(piece, since, MAX_SPANS);
    // Awaited in its turn; until then its failure is nobody's.
    answer.catch(() => undefined);
    return { answer, since };
  }

  /**
   * @param allRead called when the thread has the last piece to work at and the engine nothing more to read
   * @returns false where it was stopped before all was judged
   */
  async #judgeWindow({ pieces, reading }: Found, allRead: () => void): Promise<boolean> {
    this.#isPartKept = false;
    this.#incomplete = [];
    let next = reading;
    for (const [i, piece] of pieces.entries()) {
      const { answer, since } = next as Reading;
      const spans = await answer;
      const following = pieces[i + 1];
      next = following && this.#read(following);
      if (following === undefined) allRead();
      const startedMs = performance.now();
      if (this.#isPressed) this.#ledger.merges.hold();
      await this.#judge(piece, spans, { since });
      if (this.#endsHere) return false;
      await this.#rest(startedMs);
    }
    return this.#judgeIncomplete(pieces);
  }

  /** What is not kept is judged again, but of what is kept without its progress there would be rows twice. */
  get #endsHere(): boolean {
    if (!this.#stopped) return false;
    return !this.#isPartKept || performance.now() - this.#stoppedAtMs > MAX_STOP_MS;
  }

  async #judgeIncomplete([first]: readonly TracePiece[]): Promise<boolean> {
    const traceIds = this.#incomplete.sort();
    for (let at = 0; at < traceIds.length; at += IDS_A_STATEMENT) {
      if (this.#endsHere) return false;
      const startedMs = performance.now();
      const ids = traceIds.slice(at, at + IDS_A_STATEMENT);
      const part = {
        ...(first as TracePiece),
        firstTraceId: ids[0] as string,
        lastTraceId: ids.at(-1) as string,
      };
      const answer = await this.#ledger.quiet.wholeTraces(ids, MAX_SPANS);
      await this.#judge(part, answer, { only: new Set(ids) });
      await this.#rest(startedMs);
    }
    return true;
  }

  /** As long as receivers want it after work that began then. */
  async #rest(startedMs: number): Promise<void> {
    const rests = restsFor(this.#waitingShare());
    if (rests > 0) await this.#pause((performance.now() - startedMs) * rests);
  }

  #waitingShare(): number {
    return this.#options.waitingShare?.() ?? 0;
  }

  async #judge(
    piece: TracePiece,
    answer: Uint8Array,
    { since, only, isPart }: AnswerBounds,
  ): Promise<void> {
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
      outcome = await this.#judging.judge({
        ...task,
        ...bounds,
      });
    } catch (error) {
      // The thread ended, most likely for want of memory: what it was at is taken apart.
      if (this.#stopped) throw error;
      this.#options.onError("judging failed; its traces are judged one by one", error);
      await this.#judging?.close();
      this.#judging = undefined;
      return this.#judgeApart(piece, 1, only);
    }
    if (outcome.kind === "cut") return this.#judgeApart(piece, isPart ? 1 : PART_SPANS, only);
    this.#topology.learn(outcome.news);
    this.#judged.push(outcome);
    if (rowCount(this.#judged) >= KEEP_ROWS) {
      const before = this.#keeping;
      this.#keepJudged();
      await before;
    }
    for (const traceId of outcome.incomplete) this.#incomplete.push(traceId);
  }

  /** @param partSpans that are read at once; of 1 each trace is read on its own */
  async #judgeApart(
    piece: TracePiece,
    partSpans: number,
    only?: ReadonlySet<string>,
  ): Promise<void> {
    // Of those that go on the thread is told nothing.
    if (only === undefined) this.#followedFrom = piece.window.until;
    const isOne = piece.firstTraceId === piece.lastTraceId;
    let part: string[] = [];
    let partSize = 0;
    const judgePart = async (): Promise<void> => {
      const [firstTraceId] = part;
      if (firstTraceId === undefined || this.#endsHere) return;
      const lastTraceId = part.at(-1) as string;
      const answer = await this.#ledger.quiet.wholeTraces(part, MAX_SPANS);
      const bounds = { only: new Set(part), isPart: true } as const;
      part = [];
      partSize = 0;
      await this.#judge({ ...piece, firstTraceId, lastTraceId }, answer, bounds);
    };
    for (const { traceId, spanCount, lastArrival } of await this.#ledger.quiet.traces(piece)) {
      if (this.#endsHere) return;
      if (only !== undefined && !only.has(traceId)) continue;
      if (isOne || spanCount >= MAX_SPANS) {
        await this.#leaveOut(traceId, spanCount, lastArrival);
        continue;
      }
      if (partSize + spanCount > partSpans || part.length === IDS_A_STATEMENT) await judgePart();
      part.push(traceId);
      partSize += spanCount;
    }
    await judgePart();
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
    this.#isPartKept = true;
    await this.#ledger.keep([{ columns: block.columns(), rows: block.rows }]);
    // What comes late of it is not judged as if it were all.
    this.#judging?.seen([traceId]);
    this.#unjudgedTraces++;
    this.#options.onError(`trace ${traceId} of ${spanCount} spans is not judged`, notJudged);
  }

  /** Resolves when they are on disk. */
  #keepJudged(): Promise<void> {
    const judged = this.#judged;
    if (judged.length === 0) return this.#keeping;
    this.#judged = [];
    this.#isPartKept = true;
    return this.#next(() => this.#write(judged));
  }

  async #write(judged: readonly Judged[]): Promise<void> {
    await this.#enterNews();
    await this.#ledger.keep(judged.map(({ rows }) => rows));
    for (const { traceCount, spanCount, failures } of judged) {
      this.#judgedTraces += traceCount - failures.length;
      this.#judgedSpans += spanCount;
      this.#unjudgedTraces += failures.length;
      for (const { traceId, message } of failures) {
        this.#options.onError(`trace ${traceId} could not be judged`, message);
      }
    }
  }

  /** Once a day everything is entered anew, so that retention can drop the days before. */
  async #enterNews(): Promise<void> {
    const news = this.#topology.takeNews();
    const day = new Date(Number(this.#ledger.now() / 1_000_000n)).toISOString().slice(0, 10);
    const isNewDay = day !== this.#topologyDay;
    await this.#ledger.enter(day, isNewDay ? this.#topology.knowledge() : news);
    this.#topologyDay = day;
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
    if (this.#settings === undefined) throw new Error("the pass is not open");
    // A thread that follows one which died is to know all that was judged, from the table.
    await this.#keepJudged();
    this.#followedFrom = undefined;
    const judging = await this.#options.startJudging(this.#settings, this.#topology.knowledge());
    try {
      for await (const traceIds of this.#ledger.quiet.judgedTraces()) {
        this.#stopping.signal.throwIfAborted();
        judging.seen(traceIds);
      }
    } catch (error) {
      await judging.close();
      throw error;
    }
    return judging;
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

function rowCount(judged: readonly Judged[]): number {
  return judged.reduce((sum, { rows }) => sum + rows.rows, 0);
}

/** How many times as long as the work before it a rest is. */
function restsFor(waitingShare: number): number {
  return MOST_RESTS * Math.min(1, Math.max(0, (waitingShare - CALM_SHARE) / BUSY_RANGE));
}
