// Everything that is computed of a trace once and that findings and the verdict read.

import {
  type DurationNanos,
  float64Column,
  type Span,
  SpanKind,
  type Trace,
} from "@culprit/trace-model";
import { type AnalysisOptions, DEFAULT_THRESHOLDS, type Thresholds } from "./analysis-options.ts";
import { type RetriedCall, retriedCalls } from "./attempts.ts";
import { type CallColumns, callColumns } from "./call-columns.ts";
import { Callees } from "./callee.ts";
import { type ClippedSpans, clipSpans } from "./clipped-spans.ts";
import { correctClockSkew, type SkewCorrection } from "./clock-skew.ts";
import { type CriticalPath, criticalPath, nanosByRow } from "./critical-path.ts";
import { isDetached } from "./detached.ts";
import { Replay } from "./drag.ts";
import { type TraceError, traceErrors } from "./errors.ts";
import { failures } from "./failures.ts";
import { type Figures, figuresOf, shareOf } from "./figures.ts";
import { selfTimes } from "./self-time.ts";
import { EMPTY_TOPOLOGY, type Topology } from "./topology.ts";

/** Numbers of a service and an operation of the trace. */
export interface BottleneckFacts {
  readonly service: number;
  readonly operation: number;
  readonly serviceNanos: DurationNanos;
  readonly operationNanos: DurationNanos;
  readonly share: number;
}

export interface Facts {
  /** After the correction of clocks. */
  readonly trace: Trace;
  readonly corrections: readonly SkewCorrection[];
  readonly thresholds: Thresholds;
  readonly rootNanos: DurationNanos;
  readonly path: CriticalPath;
  /** Time on the critical path, one a row. */
  readonly pathNanos: Float64Array;
  readonly selfNanos: Float64Array;
  readonly figures: Figures;
  /** Bits of `Failure`, one byte a row. */
  readonly failures: Uint8Array;
  readonly errors: readonly TraceError[];
  readonly omittedErrors: number;
  readonly bottleneck: BottleneckFacts | undefined;
  readonly topology: Topology;
  readonly lateSpanIds: ReadonlySet<string>;
  readonly clipped: ClippedSpans;
  /** Whether any span fails or ought to have been marked. */
  readonly anyFailure: boolean;
  readonly calls: CallColumns;
  readonly callees: Callees;
  /** Whether nobody waits for a row, which has a parent. */
  isDetached(row: number): boolean;
  /** Whether a row is the answer to its parent's call. */
  answersElsewhere(row: number): boolean;
  /** Calls that were tried again; found when first asked for. */
  retries(): readonly RetriedCall[];
  /** Time on the critical path of a row and all below it. */
  pathNanosBelow(row: number): DurationNanos;
  /** Made when first asked for: only spans that a finding names need it. */
  replay(): Replay;
}

export function factsOf(assembled: Trace, options: AnalysisOptions): Facts {
  const thresholds =
    options.thresholds === undefined
      ? DEFAULT_THRESHOLDS
      : { ...DEFAULT_THRESHOLDS, ...options.thresholds };
  const { trace, corrections } = correctClockSkew(assembled);
  const clipped = clipSpans(trace);
  const path = criticalPath(trace, clipped, options.overlapTolerance);
  const pathNanos = nanosByRow(path, trace.spans.length);
  const selfNanos = selfTimes(trace);
  const figures = figuresOf(trace, pathNanos, selfNanos);
  const failureColumn = failures(trace);
  const calls = callColumns(trace);
  const topology = options.topology ?? EMPTY_TOPOLOGY;
  const callees = new Callees(trace, calls, topology);
  const { errors, omitted } = traceErrors(trace, failureColumn, pathNanos, calls, callees);
  let replay: Replay | undefined;
  let retries: readonly RetriedCall[] | undefined;
  let pathBefore: Float64Array | undefined;
  const facts: Facts = {
    trace,
    corrections,
    thresholds,
    rootNanos: trace.durationNanos[0] as number,
    path,
    pathNanos,
    selfNanos,
    figures,
    failures: failureColumn,
    errors,
    omittedErrors: omitted,
    bottleneck: bottleneckOf(trace, figures, thresholds),
    topology,
    lateSpanIds: options.lateSpanIds ?? NO_SPANS,
    clipped,
    anyFailure: failureColumn.some((failure) => failure !== 0),
    calls,
    callees,
    isDetached: (row) =>
      isDetached(trace.spans[trace.parent[row] as number] as Span, trace.spans[row] as Span),
    answersElsewhere: (row) =>
      trace.spans[row]?.kind === SpanKind.server ||
      trace.service[row] !== trace.service[trace.parent[row] as number],
    retries: () => {
      retries ??= retriedCalls(facts);
      return retries;
    },
    pathNanosBelow: (row) => {
      pathBefore ??= sumsBefore(pathNanos);
      return (pathBefore[trace.subtreeEnd[row] as number] as number) - (pathBefore[row] as number);
    },
    replay: () => {
      replay ??= new Replay(trace, clipped);
      return replay;
    },
  };
  return facts;
}

const NO_SPANS: ReadonlySet<string> = new Set();

/** One entry more than there are values: the sum of all before each. */
function sumsBefore(values: Float64Array): Float64Array {
  const sums = float64Column(values.length + 1);
  for (let i = 0; i < values.length; i++) {
    sums[i + 1] = (sums[i] as number) + (values[i] as number);
  }
  return sums;
}

function bottleneckOf(
  trace: Trace,
  figures: Figures,
  thresholds: Thresholds,
): BottleneckFacts | undefined {
  const serviceTimes = figures.services.criticalPathNanos;
  const service = largest(serviceTimes, trace.services, () => true);
  const serviceNanos = serviceTimes[service] as number;
  const share = shareOf(serviceNanos, trace.durationNanos[0] as number);
  if (share <= thresholds.bottleneckShare || serviceNanos === 0) return undefined;
  const times = figures.operations.criticalPathNanos;
  const names = trace.operations.map(({ name }) => name);
  const operation = largest(times, names, (at) => trace.operations[at]?.service === service);
  return { service, operation, serviceNanos, operationNanos: times[operation] as number, share };
}

/** Ties go to the lower name, as in the verdict's tables. */
function largest(
  values: Float64Array,
  names: readonly string[],
  among: (index: number) => boolean,
): number {
  let best = -1;
  for (let i = 0; i < values.length; i++) {
    if (!among(i)) continue;
    const value = values[i] as number;
    const bestValue = best < 0 ? Number.NEGATIVE_INFINITY : (values[best] as number);
    if (value > bestValue || (value === bestValue && String(names[i]) < String(names[best]))) {
      best = i;
    }
  }
  return best;
}
