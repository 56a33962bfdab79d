// A callee that goes on after its caller gave up works for nobody.

import { type DurationNanos, float64Column, type Span, type Trace } from "@culprit/trace-model";
import { Role } from "../call-columns.ts";
import { endOf } from "../call-sequence.ts";
import { isDetached } from "../detached.ts";
import type { Facts } from "../facts.ts";
import { Failure } from "../failures.ts";
import { formatNanos, formatShare } from "../format.ts";
import { operationOf } from "../naming.ts";
import { byOperation } from "../row-groups.ts";
import { hasAnswer } from "../timeout.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const wastedWork: Finder = { kind: "wasted-work", find };

interface Waste {
  readonly caller: number;
  readonly callee: number;
  readonly nanos: DurationNanos;
}

function find(facts: Facts): readonly Detected[] {
  if (!facts.anyFailure) return [];
  const { trace, failures, calls, thresholds } = facts;
  const wastes = new Map<number, Waste>();
  let lastEnds: Float64Array | undefined;
  for (let caller = 0; caller < trace.spans.length; caller++) {
    if (((failures[caller] as number) & Failure.errs) === 0) continue;
    const callee = calls.answer[caller] as number;
    if (callee < 0 || calls.role[caller] !== Role.call) continue;
    if (hasAnswer(trace.spans[caller] as Span)) continue;
    lastEnds ??= lastEndsOf(trace);
    const nanos = wastedNanos(trace, lastEnds, caller, callee);
    if (nanos > thresholds.wastedWorkNanos) wastes.set(callee, { caller, callee, nanos });
  }
  if (wastes.size === 0) return [];
  const sorted = [...wastes.values()].sort((a, b) => b.nanos - a.nanos || a.callee - b.callee);
  const rows = sorted.map(({ callee }) => callee);
  return byOperation(facts, rows).map(
    (group) => () =>
      describe(
        facts,
        group.map((row) => wastes.get(row) as Waste),
      ),
  );
}

/**
 * How long the callee went on. Where its own span ends with the connection, as servers do that see it close, what it
 * had begun may go on all the same.
 */
function wastedNanos(
  trace: Trace,
  lastEnds: Float64Array,
  caller: number,
  callee: number,
): DurationNanos {
  const gaveUp = endOf(trace, caller);
  const own = endOf(trace, callee) - gaveUp;
  if (own < 0) return own;
  return (lastEnds[callee] as number) - gaveUp;
}

/** The last end in each row's subtree, without what nobody waits for. */
function lastEndsOf(trace: Trace): Float64Array {
  const last = float64Column(trace.spans.length).fill(Number.NEGATIVE_INFINITY);
  for (let row = last.length - 1; row >= 0; row--) {
    last[row] = Math.max(endOf(trace, row), last[row] as number);
    const above = trace.parent[row] as number;
    if (above < 0) continue;
    if (isDetached(trace.spans[above] as Span, trace.spans[row] as Span)) continue;
    last[above] = Math.max(last[above] as number, last[row] as number);
  }
  return last;
}

/** @param wastes of one operation, that which went on longest first */
function describe({ trace }: Facts, wastes: readonly Waste[]): FoundFinding {
  const { caller, callee, nanos } = wastes[0] as Waste;
  const took = endOf(trace, caller) + nanos - (trace.startNanos[callee] as number);
  const gaveUp = formatNanos(trace.durationNanos[caller] as number);
  const times = wastes.length === 1 ? "" : `, the longest of ${wastes.length}`;
  return {
    row: callee,
    rows: wastes.flatMap((waste) => [waste.callee, waste.caller]),
    evidence: `${operationOf(trace, callee)} went on for ${formatNanos(nanos)} (${formatShare(nanos / took)} of its work, ${begunAfter(trace, caller, callee)}) after ${operationOf(trace, caller)} had given up after ${gaveUp}${times}`,
    drags: false,
    recommendation: `Let ${operationOf(trace, callee)} stop when its caller is gone: pass the deadline along, watch for the closed connection, and cancel what it started.`,
  };
}

function begunAfter(trace: Trace, caller: number, callee: number): string {
  const gaveUp = endOf(trace, caller);
  let begun = 0;
  for (let row = callee + 1; row < (trace.subtreeEnd[callee] as number); row++) {
    if ((trace.startNanos[row] as number) >= gaveUp) begun++;
  }
  return begun === 1 ? "1 span begun" : `${begun} spans begun`;
}
