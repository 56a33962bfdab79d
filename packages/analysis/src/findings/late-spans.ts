// Spans that arrived after the trace had been quiet and judged: what was said of it before left them out.

import { sumNanos } from "../call-sequence.ts";
import type { Facts } from "../facts.ts";
import { shareOf } from "../figures.ts";
import { formatNanos, formatShare } from "../format.ts";
import { operationOf } from "../naming.ts";
import { byPathNanos } from "../row-groups.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const lateSpans: Finder = { kind: "late-spans", find };

function find(facts: Facts): readonly Detected[] {
  const { trace, lateSpanIds } = facts;
  if (lateSpanIds.size === 0) return [];
  const late: number[] = [];
  trace.spans.forEach(({ spanId }, row) => {
    if (lateSpanIds.has(spanId) || lateSpanIds.has(trace.spanIds[row] as string)) late.push(row);
  });
  return late.length === 0 ? [] : [() => describe(facts, late)];
}

function describe(facts: Facts, late: readonly number[]): FoundFinding {
  const { trace, pathNanos, rootNanos } = facts;
  const rows = byPathNanos(facts, late);
  const row = rows[0] as number;
  const onPath = rows.reduce((sum, each) => sum + (pathNanos[each] as number), 0);
  const spans = `${rows.length} of ${trace.spans.length} ${rows.length === 1 ? "span" : "spans"}`;
  return {
    row,
    rows,
    evidence: `${spans} arrived after the trace had been judged; ${formatNanos(onPath)} (${formatShare(shareOf(onPath, rootNanos))}) of the critical path are theirs, ${formatNanos(sumNanos(trace, rows))} of spans in all, and an earlier verdict left them out`,
    drags: false,
    recommendation: `Let ${trace.services[trace.service[row] as number]} export sooner, first ${operationOf(trace, row)}: shorten the exporter's delay, flush at shutdown, or wait longer before traces are judged.`,
  };
}
