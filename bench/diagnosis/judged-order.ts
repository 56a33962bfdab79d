import type { Explanation, Finding, VerdictError } from "@culprit/api";
import type { FindingKind, ServiceName, TruthLine } from "@culprit/shop";

/** What is true of an order beside what was found in its trace. */
export interface JudgedOrder {
  readonly truth: TruthLine;
  readonly findings: readonly Finding[];
  readonly errors: readonly VerdictError[];
  readonly summary: string;
}

/** What explain said of one seed of a scenario that slows or breaks a service. */
export interface ExplainedRun {
  readonly scenario: string;
  readonly seed: number;
  readonly culprit: ServiceName;
  /** Undefined where there was no answer; then the reason. */
  readonly explanation: Explanation | undefined;
  readonly reason?: string;
}

export interface ScenarioRun {
  readonly scenario: string;
  readonly orders: readonly JudgedOrder[];
  readonly explained: readonly ExplainedRun[];
  /** Answers that are not what the dice decided. */
  readonly surprises: readonly string[];
}

/** They tell how slow a trace is, which is no fault by itself: they count where a scenario slows it for certain. */
const uncounted: ReadonlySet<string> = new Set<FindingKind>([
  "bottleneck",
  "slow-trace",
  "slow-service",
  "slow-query",
]);

export interface Difference {
  readonly kind: string;
  readonly order: JudgedOrder;
  /** Of a finding that should not be there. */
  readonly finding?: Finding;
}

export interface Comparison {
  readonly right: readonly string[];
  readonly missed: readonly Difference[];
  readonly wrong: readonly Difference[];
}

/** Each kind counts once an order. */
export function compare(order: JudgedOrder): Comparison {
  const { expected, allowed } = order.truth;
  const isExpected = new Set<string>(expected);
  const isAllowed = new Set<string>(allowed);
  const found = new Map<string, Finding>();
  for (const finding of order.findings) {
    if (!found.has(finding.kind)) found.set(finding.kind, finding);
  }
  return {
    right: expected.filter((kind) => found.has(kind)),
    missed: expected.filter((kind) => !found.has(kind)).map((kind) => ({ kind, order })),
    wrong: [...found]
      .filter(([kind]) => !isExpected.has(kind) && !isAllowed.has(kind) && !uncounted.has(kind))
      .map(([kind, finding]) => ({ kind, order, finding })),
  };
}
