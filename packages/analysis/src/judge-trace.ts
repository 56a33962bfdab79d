// What a verdict comes to, without its document: no sentences, no drag. For whoever judges every trace that comes in.

import type { DurationNanos, Trace, UnixNanos } from "@culprit/trace-model";
import type { AnalysisOptions } from "./analysis-options.ts";
import { factsOf } from "./facts.ts";
import { FINDERS } from "./findings/registry.ts";
import { operation, service } from "./naming.ts";
import { pathStacks, type StackShare } from "./profile/path-stacks.ts";

/** Rises whenever the same spans may be judged otherwise than before: stored judgements of a lower one are stale. */
export const ANALYSIS_VERSION = 2;

export interface Judgement {
  readonly traceId: string;
  /** The root's. */
  readonly startUnixNano: UnixNanos;
  /** The root's. */
  readonly durationNanos: DurationNanos;
  readonly rootService: string;
  readonly rootOperation: string;
  readonly spanCount: number;
  /** Spans with status ERROR. */
  readonly errorSpanCount: number;
  /** Empty where there is no bottleneck. */
  readonly bottleneckService: string;
  readonly bottleneckOperation: string;
  /** Each once, in the order in which a verdict lists them. */
  readonly findingKinds: readonly string[];
  /** Services in which failures began, each once, that with the most time on the critical path first. */
  readonly errorOrigins: readonly string[];
  /** The critical path, one entry a call stack, callers first; sums to `durationNanos`. */
  readonly path: readonly StackShare[];
}

/** Says of a trace what `analyzeTrace` says, and nothing else, but several times as fast. */
export function judgeTrace(assembled: Trace, options: AnalysisOptions = {}): Judgement {
  const facts = factsOf(assembled, options);
  const { trace, bottleneck } = facts;
  return {
    traceId: trace.traceId,
    startUnixNano: trace.originUnixNano,
    durationNanos: facts.rootNanos,
    rootService: service(trace, 0),
    rootOperation: operation(trace, 0),
    spanCount: trace.spans.length,
    errorSpanCount: facts.figures.services.errorSpanCount.reduce((sum, count) => sum + count, 0),
    bottleneckService: bottleneck === undefined ? "" : (trace.services[bottleneck.service] ?? ""),
    bottleneckOperation:
      bottleneck === undefined ? "" : (trace.operations[bottleneck.operation]?.name ?? ""),
    findingKinds: FINDERS.filter(({ find }) => find(facts).length > 0).map(({ kind }) => kind),
    errorOrigins:
      facts.errors.length === 0
        ? []
        : [...new Set(facts.errors.map(({ row }) => service(trace, row)))],
    path: pathStacks(trace, facts.path, facts.pathNanos),
  };
}
