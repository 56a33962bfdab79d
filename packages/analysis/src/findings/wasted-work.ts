// A callee that goes on after its caller gave up works for nobody.

import { type DurationNanos, SpanKind } from "@culprit/trace-model";
import { endOf } from "../call-sequence.ts";
import type { Facts } from "../facts.ts";
import { Failure } from "../failures.ts";
import { formatNanos } from "../format.ts";
import { operationOf } from "../naming.ts";
import { byOperation } from "../row-groups.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const wastedWork: Finder = { kind: "wasted-work", find };

function find(facts: Facts): readonly Detected[] {
  if (!facts.anyFailure) return [];
  const { trace, failures, calls, thresholds } = facts;
  const rows: number[] = [];
  for (let caller = 0; caller < trace.spans.length; caller++) {
    if (((failures[caller] as number) & Failure.errs) === 0) continue;
    const kind = trace.spans[caller]?.kind;
    if (kind !== SpanKind.client && kind !== SpanKind.unspecified) continue;
    const callee = calls.answer[caller] as number;
    if (callee >= 0 && wastedNanos(facts, callee) > thresholds.wastedWorkNanos) rows.push(callee);
  }
  rows.sort((a, b) => wastedNanos(facts, b) - wastedNanos(facts, a) || a - b);
  return byOperation(facts, rows).map((group) => () => describe(facts, group));
}

function wastedNanos({ trace }: Facts, callee: number): DurationNanos {
  return endOf(trace, callee) - endOf(trace, trace.parent[callee] as number);
}

/** @param callees of one operation, that which went on longest first */
function describe(facts: Facts, callees: readonly number[]): FoundFinding {
  const { trace } = facts;
  const callee = callees[0] as number;
  const caller = trace.parent[callee] as number;
  const share = Math.round(
    (wastedNanos(facts, callee) / (trace.durationNanos[callee] as number)) * 100,
  );
  const gaveUp = formatNanos(trace.durationNanos[caller] as number);
  const times = callees.length === 1 ? "" : `, the longest of ${callees.length}`;
  return {
    row: callee,
    rows: callees.flatMap((row) => [row, trace.parent[row] as number]),
    evidence: `${operationOf(trace, callee)} went on for ${formatNanos(wastedNanos(facts, callee))} (${share} % of its time, ${begunAfter(facts, callee)}) after ${operationOf(trace, caller)} had given up after ${gaveUp}${times}`,
    drags: false,
    recommendation: `Let ${operationOf(trace, callee)} stop when its caller is gone: pass the deadline along, watch for the closed connection, and cancel what it started.`,
  };
}

function begunAfter({ trace }: Facts, callee: number): string {
  const gaveUp = endOf(trace, trace.parent[callee] as number);
  let begun = 0;
  for (let row = callee + 1; row < (trace.subtreeEnd[callee] as number); row++) {
    if ((trace.startNanos[row] as number) >= gaveUp) begun++;
  }
  return begun === 1 ? "1 span begun" : `${begun} spans begun`;
}
