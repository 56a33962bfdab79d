// What a verdict comes to, without its document: no sentences, no drag. For whoever judges every trace that comes in.

import type { DurationNanos, Trace, UnixNanos } from "@culprit/trace-model";
import type { AnalysisOptions } from "./analysis-options.ts";
import { type Facts, factsOf } from "./facts.ts";
import { FINDERS } from "./findings/registry.ts";
import { operation, service } from "./naming.ts";

/** Rises whenever the same spans may be judged otherwise than before: stored judgements of a lower one are stale. */
export const ANALYSIS_VERSION = 1;

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
  /** The critical path, one entry an operation, the largest first; sums to `durationNanos`. */
  readonly path: readonly OperationTime[];
}

export interface OperationTime {
  readonly service: string;
  readonly operation: string;
  readonly nanos: DurationNanos;
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
    errorOrigins: [...new Set(facts.errors.map(({ row }) => service(trace, row)))],
    path: pathOf(facts),
  };
}

function pathOf({ trace, figures }: Facts): OperationTime[] {
  const times = figures.operations.criticalPathNanos;
  const path: OperationTime[] = [];
  trace.operations.forEach((each, i) => {
    const nanos = times[i] as number;
    if (nanos === 0) return;
    path.push({ service: trace.services[each.service] as string, operation: each.name, nanos });
  });
  return path.sort(byTime);
}

function byTime(a: OperationTime, b: OperationTime): number {
  return b.nanos - a.nanos || order(a.service, b.service) || order(a.operation, b.operation);
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
