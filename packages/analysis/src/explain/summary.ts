// The paragraph that names the culprit, and says how far it can be believed.

import type { Suspect } from "@culprit/api";
import type { TraceCounts } from "./cohorts.ts";

/** Below it a median says little: the tenth and eleventh of twenty values are its 95 % bounds' middle. */
const ENOUGH_TRACES = 20;

export interface SummaryParts {
  readonly suspects: readonly Suspect[];
  readonly counts: TraceCounts;
  /** Sentences on who suffers from the first suspect. */
  readonly symptoms: readonly string[];
  readonly warnings: readonly string[];
}

export function summaryOf({ suspects, counts, symptoms, warnings }: SummaryParts): string {
  return [verdict(suspects, counts, symptoms), ...weakness(counts), ...warnings].join(" ");
}

function verdict(
  suspects: readonly Suspect[],
  counts: TraceCounts,
  symptoms: readonly string[],
): string {
  if (counts.incident === 0) return "The incident has no traces: there is nothing to explain.";
  if (counts.baseline === 0) return "The baseline has no traces: there is nothing to compare with.";
  const [first, second] = suspects;
  const compared = `${counts.incident} traces of the incident against ${counts.baseline} of the baseline`;
  if (first === undefined) {
    return `Nothing tells the groups apart beyond chance (${compared}).`;
  }
  const next =
    second === undefined
      ? "Nobody else is suspected."
      : `Next is ${second.service} with ${share(second.score / first.score)} of its weight.`;
  return [
    `${first.service} is the first suspect (${first.operation}): ${first.evidence}`,
    ...symptoms,
    `${next} Compared were ${compared}.`,
  ].join(" ");
}

function share(value: number): string {
  return `${Math.round(value * 100)} %`;
}

function weakness({ baseline, incident }: TraceCounts): string[] {
  const sides: string[] = [];
  if (incident < ENOUGH_TRACES) sides.push(`the incident has only ${incident}`);
  if (baseline < ENOUGH_TRACES) sides.push(`the baseline has only ${baseline}`);
  return sides.length === 0
    ? []
    : [`The answer is weak: ${sides.join(" and ")} of the ${ENOUGH_TRACES} traces that it takes.`];
}
