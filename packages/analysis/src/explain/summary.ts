// The paragraph that names the culprit, and says how far it can be believed.

import type { Suspect } from "@culprit/api";
import { formatNanos, formatShare } from "../format.ts";
import type { TraceCounts } from "./cohorts.ts";
import type { TraceMedians } from "./trace-medians.ts";

/** Below it a median says little: the tenth and eleventh of twenty values are its 95 % bounds' middle. */
const ENOUGH_TRACES = 20;

export interface SummaryParts {
  readonly suspects: readonly Suspect[];
  readonly counts: TraceCounts;
  /** See `chance.ts`. */
  readonly chanceScore: number;
  readonly medians: TraceMedians;
  /** Sentences on who suffers from the first suspect. */
  readonly symptoms: readonly string[];
  /** Sentences on what was compared. */
  readonly notes: readonly string[];
}

export function summaryOf(parts: SummaryParts): string {
  return [verdict(parts), ...weakness(parts.counts), ...parts.notes].join(" ");
}

function verdict(parts: SummaryParts): string {
  const { suspects, counts, chanceScore, symptoms } = parts;
  if (counts.incident === 0 && counts.baseline === 0) {
    return "Neither the baseline nor the incident has traces: there is nothing to explain.";
  }
  if (counts.incident === 0) return "The incident has no traces: there is nothing to explain.";
  if (counts.baseline === 0) return "The baseline has no traces: there is nothing to compare with.";
  const [first, second] = suspects;
  if (first === undefined) {
    return `Nothing got slower, failed more often or went missing beyond chance. ${compared(parts)}`;
  }
  const accused = `${first.service} (${first.operation})`;
  if (first.score <= chanceScore) {
    return `Nothing stands out: ${accused} differs most, with a score of ${score(first.score)}, and up to ${score(chanceScore)} may be chance. ${compared(parts)}`;
  }
  return [
    `${first.service} is the first suspect (${first.operation}): ${first.evidence}`,
    ...symptoms,
    nextSuspect(first, second, chanceScore),
    compared(parts),
  ].join(" ");
}

function nextSuspect(first: Suspect, second: Suspect | undefined, chanceScore: number): string {
  if (second === undefined || second.score <= chanceScore) return "Nobody else is suspected.";
  return `Next is ${second.service} with ${formatShare(second.score / first.score)} of its weight.`;
}

function compared({ counts, medians }: SummaryParts): string {
  const side = (name: string, count: number, median: number | undefined): string =>
    `${count} ${count === 1 ? "trace" : "traces"} of the ${name} (median ${formatNanos(median ?? 0)})`;
  const incident = side("incident", counts.incident, medians.incident);
  return `Compared: ${incident} against ${side("baseline", counts.baseline, medians.baseline)}.`;
}

function score(value: number): string {
  return value.toPrecision(2);
}

function weakness({ baseline, incident }: TraceCounts): string[] {
  if (incident === 0 || baseline === 0) return [];
  const sides: string[] = [];
  if (incident < ENOUGH_TRACES) sides.push(`the incident has only ${incident}`);
  if (baseline < ENOUGH_TRACES) sides.push(`the baseline has only ${baseline}`);
  return sides.length === 0
    ? []
    : [`The answer is weak: ${sides.join(" and ")} of the ${ENOUGH_TRACES} traces that it takes.`];
}
