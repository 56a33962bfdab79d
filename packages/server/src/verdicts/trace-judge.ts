// Spans of quiet traces, as the database answers, into rows of verdicts. No I/O: it runs in a thread of its own beside the
// receivers, or in place where there is nobody to disturb.

import {
  ANALYSIS_VERSION,
  judgeTrace,
  TopologyCollector,
  type TopologyKnowledge,
} from "@culprit/analysis";
import {
  type ColumnSpan,
  hasGap,
  lateSpanIds,
  readTraces,
  type StoredSpan,
  type StoredVerdict,
  VerdictBlock,
  type VerdictRows,
} from "@culprit/store";
import { assembleTrace, type DurationNanos, type UnixNanos } from "@culprit/trace-model";

export interface JudgeTask {
  /** As `QuietTraces.spans` answers. */
  readonly answer: Uint8Array;
  readonly judgedUnixNano: UnixNanos;
  /** The traces are not judged when the answer holds so many spans: it was cut there. */
  readonly maxSpans: number;
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
  readonly news: TopologyKnowledge;
}

export type JudgeOutcome = Judged | { readonly kind: "cut" };

/** Why a trace has a row without a verdict, as it stands in the table. */
export const NOT_JUDGED = { failed: "failed", tooLarge: "too large" } as const;

export class TraceJudge {
  readonly #settings: JudgeSettings;
  readonly #topology = new TopologyCollector();

  constructor(settings: JudgeSettings, known: TopologyKnowledge) {
    this.#settings = settings;
    this.#topology.learn(known);
    this.#topology.takeNews();
  }

  judge({ answer, judgedUnixNano, maxSpans }: JudgeTask): JudgeOutcome {
    const groups = readTraces(answer);
    let spanCount = 0;
    for (const spans of groups.values()) spanCount += spans.length;
    if (spanCount >= maxSpans) return { kind: "cut" };
    const block = new VerdictBlock();
    const failures: { traceId: string; message: string }[] = [];
    for (const [traceId, spans] of groups) {
      // One after the other, so that what one trace needed is garbage before the next.
      const verdict = attempt(() => this.#verdict(spans));
      const isVerdict = !(verdict instanceof Error);
      if (!isVerdict) failures.push({ traceId, message: verdict.message });
      block.add(isVerdict ? verdict : unjudgedRow(traceId, spans.length, lastArrival(spans)), {
        judgedUnixNano,
        again: hasGap(spans, this.#settings.shortestQuietNanos),
        notJudged: isVerdict ? "" : NOT_JUDGED.failed,
      });
    }
    return {
      kind: "judged",
      rows: { columns: block.columns(), rows: block.rows },
      traceCount: groups.size,
      spanCount,
      failures,
      news: this.#topology.takeNews(),
    };
  }

  #verdict(spans: readonly ColumnSpan[]): StoredVerdict {
    const trace = assembleTrace(spans);
    this.#topology.add(trace);
    const judgement = judgeTrace(trace, {
      topology: this.#topology.topology,
      lateSpanIds: lateSpanIds(spans, this.#settings.quietNanos),
    });
    return {
      ...judgement,
      receivedUnixNano: lastArrival(spans),
      analysisVersion: ANALYSIS_VERSION,
    };
  }
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

function lastArrival(spans: readonly StoredSpan[]): UnixNanos {
  let last = 0n;
  for (const { receivedUnixNano } of spans) if (receivedUnixNano > last) last = receivedUnixNano;
  return last;
}

/** One trace that cannot be judged must not keep the others from it. */
function attempt<T>(make: () => T): T | Error {
  try {
    return make();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
