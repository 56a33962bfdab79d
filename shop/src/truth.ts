/** Every kind of finding; docs/findings.md says what each means. */
export const findingKinds = [
  "bottleneck",
  "slow-trace",
  "slow-service",
  "slow-query",
  "n-plus-one-query",
  "n-plus-one-call",
  "fan-out",
  "sequential-calls",
  "retry",
  "retry-storm",
  "timeout",
  "wasted-work",
  "pool-wait",
  "cold-start",
  "swallowed-error",
  "unmarked-error",
  "missing-instrumentation",
  "orphans",
  "clock-skew",
  "late-spans",
] as const;

export type FindingKind = (typeof findingKinds)[number];

/** What is wrong with an order, for whoever checks what was found. */
export interface Truth {
  /** Where the fault is. */
  readonly service: string;
  /** The fault's operation, as its span is named. */
  readonly operation: string;
  /** Must be found. */
  readonly expected: readonly FindingKind[];
  /** Consequences that may be found, too. */
  readonly allowed: readonly FindingKind[];
}

/** One line of the truth file: one order. Service and operation are null where nothing is wrong. */
export interface TruthLine {
  readonly traceId: string;
  readonly scenario: string;
  readonly seed: number;
  readonly index: number;
  readonly outcome: string;
  readonly service: string | null;
  readonly operation: string | null;
  readonly expected: readonly FindingKind[];
  readonly allowed: readonly FindingKind[];
}
