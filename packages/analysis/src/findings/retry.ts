// A call that failed and was tried again.

import { backsOff, type RetriedCall } from "../attempts.ts";
import { sumNanos } from "../call-sequence.ts";
import type { Facts } from "../facts.ts";
import { formatList, formatNanos } from "../format.ts";
import { operationOf } from "../naming.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const retry: Finder = { kind: "retry", find };

/** Gaps named in the evidence. */
const MAX_GAPS = 5;

function find(facts: Facts): readonly Detected[] {
  return facts
    .retries()
    .toSorted((a, b) => b.attempts.length - a.attempts.length || a.caller - b.caller)
    .map((retried) => () => describe(facts, retried));
}

function describe({ trace }: Facts, retried: RetriedCall): FoundFinding {
  const { caller, attempts, calls, succeeded, gapsNanos } = retried;
  const first = calls[0] as number;
  const failed = succeeded ? attempts.slice(0, -1) : attempts;
  const outcome = succeeded ? "all but the last failed" : "all failed";
  const gaps = formatList(gapsNanos.slice(0, MAX_GAPS).map(formatNanos));
  const more = gapsNanos.length > MAX_GAPS ? " and more" : "";
  const pace = backsOff(retried) ? "with growing gaps" : "without back-off";
  const advice = backsOff(retried)
    ? "keep the back-off, and find out"
    : "wait longer before each further attempt, with jitter, bound the attempts, and find out";
  return {
    row: caller,
    rows: calls,
    evidence: `${operationOf(trace, caller)} tried ${operationOf(trace, first)} ${attempts.length} times, ${outcome}, ${pace}: gaps of ${gaps}${more}`,
    drags: true,
    dragRows: failed,
    savingLimitNanos: sumNanos(trace, failed),
    recommendation: `In ${operationOf(trace, caller)}, ${advice} why ${operationOf(trace, first)} fails.`,
  };
}
