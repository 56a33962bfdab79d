// A span answered success over a failure below it.

import { httpStatus } from "../conventions.ts";
import type { TraceError } from "../errors.ts";
import type { Facts } from "../facts.ts";
import { operationOf, placeOf } from "../naming.ts";
import { failedPredicate } from "../sentences.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const swallowedError: Finder = { kind: "swallowed-error", find };

function find(facts: Facts): readonly Detected[] {
  if (facts.errors.length === 0) return [];
  const groups = new Map<string, TraceError[]>();
  for (const error of facts.errors) {
    // Of a failure that nobody marked, unmarked-error speaks.
    if (error.swallowedBy < 0 || !error.errs) continue;
    const key = `${error.swallowedBy} ${facts.trace.operation[error.row]}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [error]);
    else group.push(error);
  }
  return [...groups.values()].map((group) => () => describe(facts, group));
}

function describe(facts: Facts, group: readonly TraceError[]): FoundFinding {
  const { trace } = facts;
  const error = group[0] as TraceError;
  const row = error.swallowedBy;
  const span = trace.spans[row];
  const status = span === undefined ? undefined : httpStatus(span);
  const answer = status === undefined ? "" : ` (HTTP ${status})`;
  const times = group.length === 1 ? "" : `, the first of ${group.length}`;
  return {
    row,
    rows: [row, ...group.map((each) => each.row)],
    evidence: `${operationOf(trace, row)} answered success${answer} although ${placeOf(trace, error.row)} ${failedPredicate(trace, error)}${times}`,
    drags: false,
    recommendation: `Let ${operationOf(trace, row)} fail, or mark its answer as partial, when ${operationOf(trace, error.row)} fails.`,
  };
}
