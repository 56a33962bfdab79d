// Database spans over the limit, one finding an operation.

import type { Span } from "@culprit/trace-model";
import { firstText, isQuery, STATEMENT } from "../conventions.ts";
import type { Facts } from "../facts.ts";
import { excerpt, formatLimit, formatNanos } from "../format.ts";
import { operationOf, placeOf } from "../naming.ts";
import { byOperation } from "../row-groups.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const slowQuery: Finder = { kind: "slow-query", find };

const STATEMENT_EXCERPT = 120;

function find(facts: Facts): readonly Detected[] {
  const { durationNanos, spans } = facts.trace;
  const slow: number[] = [];
  for (let row = 0; row < spans.length; row++) {
    if ((durationNanos[row] as number) <= facts.thresholds.slowQueryNanos) continue;
    if (isQuery(spans[row] as Span) && !isAroundSlowQuery(facts, row)) slow.push(row);
  }
  const took = (row: number): number => durationNanos[row] as number;
  slow.sort((a, b) => took(b) - took(a) || a - b);
  return byOperation(facts, slow).map((rows) => () => describe(facts, rows));
}

/** What the driver's span says of a query, the mapper's around it says again. */
function isAroundSlowQuery({ trace, callees, thresholds }: Facts, row: number): boolean {
  const { subtreeEnd, durationNanos, spans, service } = trace;
  const stop = subtreeEnd[row] as number;
  for (let child = row + 1; child < stop; child = subtreeEnd[child] as number) {
    if ((durationNanos[child] as number) <= thresholds.slowQueryNanos) continue;
    if (service[child] !== service[row] || !isQuery(spans[child] as Span)) continue;
    if (callees.queryKey(child) === callees.queryKey(row)) return true;
  }
  return false;
}

/** @param rows of one operation, the longest first */
function describe(facts: Facts, rows: readonly number[]): FoundFinding {
  const { trace, thresholds } = facts;
  const row = rows[0] as number;
  const longest = formatNanos(trace.durationNanos[row] as number);
  const limit = formatLimit(thresholds.slowQueryNanos);
  const statement = firstText((trace.spans[row] as Span).attributes, STATEMENT);
  const quoted = statement === undefined ? "" : `: ${excerpt(statement, STATEMENT_EXCERPT)}`;
  const together = rows.reduce((sum, at) => sum + (trace.durationNanos[at] as number), 0);
  return {
    row,
    rows,
    evidence:
      rows.length === 1
        ? `${placeOf(trace, row)} took ${longest}, over the limit of ${limit}${quoted}`
        : `${rows.length} calls of ${placeOf(trace, row)} took more than ${limit} each, up to ${longest}, ${formatNanos(together)} together${quoted}`,
    drags: true,
    savingLimitNanos: together,
    recommendation: `Look at the plan, the indexes and the locks of ${operationOf(trace, row)}.`,
  };
}
