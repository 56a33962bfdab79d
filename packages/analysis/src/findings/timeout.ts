// A failure that began with a limit of time.

import { uint8Column } from "@culprit/trace-model";
import { isDatabase } from "../conventions.ts";
import { errorWords } from "../error-words.ts";
import type { Facts } from "../facts.ts";
import { operationOf, placeOf, service } from "../naming.ts";
import { byOperation } from "../row-groups.ts";
import { type Failed, failedPredicate } from "../sentences.ts";
import { gaveUp, timeoutLimit } from "../timeout.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const timeout: Finder = { kind: "timeout", find };

function find(facts: Facts): readonly Detected[] {
  if (!facts.anyFailure) return [];
  const errors = new Map<number, Failed>(
    facts.errors.filter((error) => error.timedOut).map((error) => [error.row, error]),
  );
  for (const failed of overtaken(facts, [...errors.keys()])) errors.set(failed.row, failed);
  return byOperation(facts, errors.keys()).map((rows) => {
    const error = errors.get(rows[0] as number) as Failed;
    return () => describe(facts, rows, error);
  });
}

/**
 * Callers that gave up on a callee which failed later, and in which the error therefore began. Where a timeout began
 * below, it is the cause.
 */
function overtaken(facts: Facts, timedOut: readonly number[]): Failed[] {
  const { trace, failures } = facts;
  const known = uint8Column(failures.length);
  for (const row of timedOut) known[row] = 1;
  // Backwards, so that the next one after a row is known: it lies below the row or outside its subtree.
  let next = failures.length;
  const found: Failed[] = [];
  for (let row = failures.length - 1; row >= 0; row--) {
    if (known[row] === 1) {
      next = row;
      continue;
    }
    if (next < (trace.subtreeEnd[row] as number) || !gaveUp(trace, failures, row)) continue;
    next = row;
    const words = errorWords(trace, failures, row);
    const limitNanos = timeoutLimit(trace, row, words);
    found.push({ row, ...words, timedOut: true, limitNanos });
  }
  return found.reverse();
}

function describe(facts: Facts, rows: readonly number[], error: Failed): FoundFinding {
  const { trace } = facts;
  const { row } = error;
  const times = rows.length === 1 ? "" : `, the first of ${rows.length}`;
  const span = trace.spans[row];
  const name = service(trace, row);
  const what = span !== undefined && isDatabase(span) ? "the query and " : "";
  return {
    row,
    rows,
    evidence: `${placeOf(trace, row)} ${failedPredicate(trace, error)}${times}`,
    drags: true,
    recommendation: `Investigate why ${operationOf(trace, row)} takes so long: check ${what}the size of ${name}'s connection pool, and put a circuit breaker in front of it, so that its callers fail early.`,
  };
}
