// One statement, run again and again with other values: consecutive queries of one caller, not overlapping.

import type { Span } from "@culprit/trace-model";
import { type RepeatedRun, repeatedRuns } from "../call-sequence.ts";
import { firstText, STATEMENT } from "../conventions.ts";
import type { Facts } from "../facts.ts";
import { excerpt, formatNanos } from "../format.ts";
import { operationOf } from "../naming.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const nPlusOneQuery: Finder = { kind: "n-plus-one-query", find };

const STATEMENT_EXCERPT = 120;

function find(facts: Facts): readonly Detected[] {
  const { nPlusOneQueryCount, nPlusOneQueryNanos } = facts.thresholds;
  const keyOf = (row: number): string => facts.callees.queryKey(row);
  return repeatedRuns(facts, "query", keyOf, nPlusOneQueryCount, nPlusOneQueryNanos).map(
    (run) => () => describe(facts, run),
  );
}

function describe({ trace }: Facts, { caller, rows, nanos }: RepeatedRun): FoundFinding {
  const first = rows[0] as number;
  const statement = firstText((trace.spans[first] as Span).attributes, STATEMENT);
  const quoted = statement === undefined ? "" : `, first ${excerpt(statement, STATEMENT_EXCERPT)}`;
  const place = operationOf(trace, caller);
  return {
    row: caller,
    rows,
    evidence: `${place} ran the same statement ${rows.length} times, one after the other, ${formatNanos(nanos)} together, through ${trace.spans[first]?.name}${quoted}`,
    drags: true,
    savingLimitNanos: nanos - longest(rows, trace.durationNanos),
    recommendation: `Let ${place} ask once for all ${rows.length}, with a join or a list of keys, instead of once for each.`,
  };
}

function longest(rows: readonly number[], nanos: Float64Array): number {
  return rows.reduce((most, row) => Math.max(most, nanos[row] as number), 0);
}
