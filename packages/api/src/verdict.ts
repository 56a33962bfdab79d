// `culprit analyze --json`, GET /api/culprit/traces/{id}/verdict: one trace judged.

import { z } from "zod";
import { duration, type SpanRef, spanRef, unixNano } from "./units.ts";

export interface CriticalPathSection extends SpanRef {
  startUnixNano: string;
  endUnixNano: string;
}

export interface ServiceFigures {
  service: string;
  criticalPathNanos: number;
  /** Of the root's duration, 0 to 1. */
  criticalPathShare: number;
  selfNanos: number;
  spanCount: number;
  /** Spans with status ERROR. */
  errorSpanCount: number;
}

export interface OperationFigures extends ServiceFigures {
  operation: string;
}

export interface Bottleneck {
  service: string;
  /** The service's operation with the most time on the critical path. */
  operation: string;
  /** The service's. */
  criticalPathNanos: number;
  /** The service's. */
  criticalPathShare: number;
  /** The operation's. */
  operationNanos: number;
}

/** A span where a failure began. */
export interface VerdictError extends SpanRef {
  type: string;
  message: string;
  /** Whether the span's status is ERROR. */
  marked: boolean;
  /** The span's own sections. */
  criticalPathNanos: number;
  /** Ancestors that failed with it, the nearest first. */
  propagatedTo: string[];
  /** The span that answered success over it. */
  swallowedBy: string | null;
}

export interface Finding {
  kind: string;
  service: string;
  operation: string;
  spanIds: string[];
  /** One sentence with figures. */
  evidence: string;
  /** By how much the root would be shorter, were these spans to take no time. */
  dragNanos: number | null;
  /** Upper bound of what following the recommendation may save. */
  savingNanos: number | null;
  recommendation: string;
}

export interface Verdict {
  schema: 1;
  traceId: string;
  root: SpanRef;
  /** The root's. */
  startUnixNano: string;
  /** The root's. */
  durationNanos: number;
  spanCount: number;
  serviceCount: number;
  /** Spans with status ERROR. */
  errorSpanCount: number;
  orphanSpanCount: number;
  warnings: string[];
  /** Ascending, disjoint, summing to `durationNanos`. */
  criticalPath: CriticalPathSection[];
  /** The largest share first. */
  services: ServiceFigures[];
  /** The largest share first. */
  operations: OperationFigures[];
  bottleneck: Bottleneck | null;
  errors: VerdictError[];
  findings: Finding[];
  /** The verdict in one sentence. */
  summary: string;
}

const share = z.number().min(0).max(1);
const nanosOrNull = duration.nullable();

const figures = {
  service: z.string(),
  criticalPathNanos: duration,
  criticalPathShare: share,
  selfNanos: duration,
  spanCount: z.number(),
  errorSpanCount: z.number(),
};

export const finding: z.ZodType<Finding> = z.object({
  kind: z.string(),
  service: z.string(),
  operation: z.string(),
  spanIds: z.array(z.string()),
  evidence: z.string(),
  dragNanos: nanosOrNull,
  savingNanos: nanosOrNull,
  recommendation: z.string(),
});

export const verdict: z.ZodType<Verdict> = z.object({
  schema: z.literal(1),
  traceId: z.string(),
  root: spanRef,
  startUnixNano: unixNano,
  durationNanos: duration,
  spanCount: z.number(),
  serviceCount: z.number(),
  errorSpanCount: z.number(),
  orphanSpanCount: z.number(),
  warnings: z.array(z.string()),
  criticalPath: z.array(
    z.object({
      spanId: z.string(),
      service: z.string(),
      operation: z.string(),
      startUnixNano: unixNano,
      endUnixNano: unixNano,
    }),
  ),
  services: z.array(z.object(figures)),
  operations: z.array(z.object({ ...figures, operation: z.string() })),
  bottleneck: z
    .object({
      service: z.string(),
      operation: z.string(),
      criticalPathNanos: duration,
      criticalPathShare: share,
      operationNanos: duration,
    })
    .nullable(),
  errors: z.array(
    z.object({
      spanId: z.string(),
      service: z.string(),
      operation: z.string(),
      type: z.string(),
      message: z.string(),
      marked: z.boolean(),
      criticalPathNanos: duration,
      propagatedTo: z.array(z.string()),
      swallowedBy: z.string().nullable(),
    }),
  ),
  findings: z.array(finding),
  summary: z.string(),
});
