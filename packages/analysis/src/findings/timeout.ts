// A failure that began with a limit of time.

import { isDatabase } from "../conventions.ts";
import type { TraceError } from "../errors.ts";
import type { Facts } from "../facts.ts";
import { operationOf, placeOf, service } from "../naming.ts";
import { byOperation } from "../row-groups.ts";
import { failedPredicate } from "../sentences.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const timeout: Finder = { kind: "timeout", find };

function find(facts: Facts): readonly Detected[] {
  const errors = new Map(
    facts.errors.filter((error) => error.timedOut).map((error) => [error.row, error]),
  );
  return byOperation(facts, errors.keys()).map((rows) => {
    const error = errors.get(rows[0] as number) as TraceError;
    return () => describe(facts, rows, error);
  });
}

function describe(facts: Facts, rows: readonly number[], error: TraceError): FoundFinding {
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
