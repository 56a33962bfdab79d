// Spans of quiet traces, as the database answers, into rows of verdicts. No I/O: it runs in a thread of its own beside the
// receivers, or in place where there is nobody to disturb.

import {
  ANALYSIS_VERSION,
  judgeTrace,
  TopologyCollector,
  type TopologyKnowledge,
} from "@culprit/analysis";
import {
  type Arrival,
  type ColumnSpan,
  hasGap,
  lateSpanIds,
  readTraces,
  type StoredSpan,
  type StoredVerdict,
  type TraceRows,
  VerdictBlock,
  type VerdictRows,
} from "@culprit/store";
import {
  assembleTrace,
  type DurationNanos,
  type SpanIdWords,
  type Trace,
  type UnixNanos,
} from "@culprit/trace-model";
import { SeenTraces } from "./seen-traces.ts";

export interface JudgeTask {
  /** As `QuietTraces.spans` answers. */
  readonly answer: Uint8Array;
  readonly judgedUnixNano: UnixNanos;
  /** The traces are not judged when the answer holds so many spans: it was cut there. */
  readonly maxSpans: number;
  /**
   * The answer lacks what arrived until then: traces that may have earlier spans are not judged but named. Absent: the
   * answer holds the traces whole.
   */
  readonly since?: UnixNanos;
  /** Who has no span of the answer until then has none before it either. `since`, where this judge saw all that went on. */
  readonly wholeAfter?: UnixNanos;
  /** Traces with a span in the quiet after this are left to the window in which their last span came. Absent: none are. */
  readonly quietAfter?: UnixNanos;
}

export interface JudgeSettings {
  readonly quietNanos: DurationNanos;
  readonly shortestQuietNanos: DurationNanos;
}

export interface Judged {
  readonly kind: "judged";
  readonly rows: VerdictRows;
  readonly traceCount: number;
  readonly spanCount: number;
  /** Of traces that could not be judged; they have their rows, too. */
  readonly failures: readonly { readonly traceId: string; readonly message: string }[];
  /** Traces that may have spans before those of the answer; not judged, not counted. */
  readonly incomplete: readonly string[];
  readonly news: TopologyKnowledge;
}

export type JudgeOutcome = Judged | { readonly kind: "cut" };

/** Why a trace has a row without a verdict, as it stands in the table. */
export const NOT_JUDGED = { failed: "failed", tooLarge: "too large" } as const;

export class TraceJudge {
  readonly #settings: JudgeSettings;
  readonly #topology = new TopologyCollector();
  readonly #seen = new SeenTraces();
  /**
   * Traces that were left to a later window, with their first arrival (0: not known). They come back within a quiet, so that
   * there are as many as spans in it at most.
   */
  readonly #goingOn = new Map<string, UnixNanos>();

  constructor(settings: JudgeSettings, known: TopologyKnowledge) {
    this.#settings = settings;
    this.#topology.learn(known);
    this.#topology.takeNews();
  }

  /** Traces that were judged before, or have a row that says why not. */
  seen(traceIds: readonly string[]): void {
    for (const traceId of traceIds) {
      this.#seen.add(traceId);
      this.#goingOn.delete(traceId);
    }
  }

  judge(task: JudgeTask): JudgeOutcome {
    const { answer, judgedUnixNano, maxSpans, since, wholeAfter = since, quietAfter } = task;
    const groups = readTraces(answer);
    let answered = 0;
    for (const trace of groups.values()) answered += trace.spanCount;
    if (answered >= maxSpans) return { kind: "cut" };
    let traceCount = 0;
    let spanCount = 0;
    const block = new VerdictBlock();
    const failures: { traceId: string; message: string }[] = [];
    const incomplete: string[] = [];
    for (const [traceId, trace] of groups) {
      const arrival = trace.arrival();
      const isStart = wholeAfter === undefined || arrival.first > wholeAfter;
      if (quietAfter !== undefined && this.#goesOn(trace, arrival, quietAfter)) {
        this.#leave(traceId, isStart ? arrival.first : 0n);
        continue;
      }
      const before = this.#goingOn.get(traceId);
      if (before !== undefined) this.#goingOn.delete(traceId);
      const wasSeen = this.#seen.add(traceId);
      if (since !== undefined && (wasSeen || !isStart || (before ?? arrival.first) <= since)) {
        incomplete.push(traceId);
        continue;
      }
      traceCount++;
      spanCount += trace.spanCount;
      // One trace after the other, so that what one needed is garbage before the next.
      const spans = trace.spans();
      const judged = attempt(() => this.#verdict(spans, trace.idWords(), arrival));
      const isJudged = !(judged instanceof Error);
      if (!isJudged) failures.push({ traceId, message: judged.message });
      block.add(isJudged ? judged.verdict : unjudgedRow(traceId, spans.length, arrival.last), {
        judgedUnixNano,
        again: hasPause(spans, arrival, this.#settings.shortestQuietNanos),
        notJudged: isJudged ? "" : NOT_JUDGED.failed,
        ...(isJudged ? { trace: judged.trace } : undefined),
      });
    }
    return {
      kind: "judged",
      rows: { columns: block.columns(), rows: block.rows },
      traceCount,
      spanCount,
      failures,
      incomplete,
      news: this.#topology.takeNews(),
    };
  }

  #leave(traceId: string, first: UnixNanos): void {
    const known = this.#goingOn.get(traceId);
    if (known === undefined) this.#goingOn.set(copyOf(traceId), first);
    else if (first < known) this.#goingOn.set(traceId, first);
  }

  #goesOn(trace: TraceRows, { last }: Arrival, quietAfter: UnixNanos): boolean {
    if (last <= quietAfter) return false;
    const until = quietAfter + BigInt(Math.round(this.#settings.quietNanos));
    return trace.spans().some(({ receivedUnixNano: at }) => at > quietAfter && at <= until);
  }

  #verdict(
    spans: readonly ColumnSpan[],
    idWords: SpanIdWords,
    arrival: Arrival,
  ): { readonly verdict: StoredVerdict; readonly trace: Trace } {
    const trace = assembleTrace(spans, idWords);
    this.#topology.add(trace);
    const judgement = judgeTrace(trace, {
      topology: this.#topology.topology,
      ...(hasPause(spans, arrival, this.#settings.quietNanos)
        ? { lateSpanIds: lateSpanIds(spans, this.#settings.quietNanos) }
        : undefined),
    });
    return {
      verdict: {
        ...judgement,
        receivedUnixNano: arrival.last,
        analysisVersion: ANALYSIS_VERSION,
      },
      trace,
    };
  }
}

/** An id is a slice of the text of all ids of its block, which it would keep in memory. */
function copyOf(traceId: string): string {
  return Buffer.from(traceId, "latin1").toString("latin1");
}

/** Keeps a trace's place in the table where there is no verdict. */
export function unjudgedRow(
  traceId: string,
  spanCount: number,
  receivedUnixNano: UnixNanos,
): StoredVerdict {
  return {
    traceId,
    startUnixNano: 0n,
    durationNanos: 0,
    rootService: "",
    rootOperation: "",
    spanCount,
    errorSpanCount: 0,
    bottleneckService: "",
    bottleneckOperation: "",
    findingKinds: [],
    errorOrigins: [],
    path: [],
    receivedUnixNano,
    analysisVersion: ANALYSIS_VERSION,
  };
}

/** Mostly all came within less, which says it without a look at each. */
function hasPause(
  spans: readonly StoredSpan[],
  { first, last }: Arrival,
  nanos: DurationNanos,
): boolean {
  return Number(last - first) > nanos && hasGap(spans, nanos);
}

/** One trace that cannot be judged must not keep the others from it. */
function attempt<T>(make: () => T): T | Error {
  try {
    return make();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
