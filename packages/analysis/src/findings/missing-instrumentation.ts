// Parts of the trace that nobody recorded: a call that its callee, which is known to report, left no span of; and a
// long gap between the remote calls of a span.

import { type DurationNanos, type Span, SpanKind } from "@culprit/trace-model";
import { Role } from "../call-columns.ts";
import { endOf } from "../call-sequence.ts";
import { grpcFailure, httpStatus, isDatabase } from "../conventions.ts";
import type { Facts } from "../facts.ts";
import { Failure } from "../failures.ts";
import { formatNanos, formatShare } from "../format.ts";
import { operationOf, placeOf } from "../naming.ts";
import { byOperation } from "../row-groups.ts";
import { targetOf } from "../target.ts";
import { type ColdStart, coldStarts } from "./cold-start.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const missingInstrumentation: Finder = { kind: "missing-instrumentation", find };

interface Gap {
  readonly row: number;
  readonly startNanos: number;
  readonly nanos: DurationNanos;
}

function find(facts: Facts): readonly Detected[] {
  const silent = byOperation(facts, silentCalls(facts)).map(
    (rows) => () => describeSilent(facts, rows),
  );
  return [...silent, ...gaps(facts).map((gap) => () => describeGap(facts, gap))];
}

/** Where spans were lost on the way, a missing answer may be one of them. */
function silentCalls(facts: Facts): number[] {
  const { trace, calls, callees } = facts;
  if (trace.orphans.length > 0) return [];
  const rows: number[] = [];
  for (let row = 0; row < trace.spans.length; row++) {
    if (calls.role[row] !== Role.call || (calls.answer[row] as number) >= 0) continue;
    const span = trace.spans[row] as Span;
    if (span.kind !== SpanKind.client || !wasAnswered(facts, row)) continue;
    // A client around another client: the inner one made the call.
    if ((calls.callCount[row] as number) > 0) continue;
    const target = targetOf(span);
    if (target === undefined || callees.reporting(target) === undefined) continue;
    rows.push(row);
  }
  return rows;
}

/** A call that failed without an answer's status may never have reached its callee. */
function wasAnswered({ trace, failures }: Facts, row: number): boolean {
  if (((failures[row] as number) & Failure.errs) === 0) return true;
  const span = trace.spans[row] as Span;
  return httpStatus(span) !== undefined || grpcFailure(span) !== undefined;
}

function describeSilent(facts: Facts, rows: readonly number[]): FoundFinding {
  const { trace, callees } = facts;
  const row = rows[0] as number;
  const callee = callees.nameOf(row);
  const took = formatNanos(trace.durationNanos[row] as number);
  const times = rows.length === 1 ? "" : `, as did ${rows.length - 1} more calls like it`;
  return {
    row,
    rows,
    evidence: `${placeOf(trace, row)} called ${callee} for ${took} and left no span there, although ${callee} answers other calls with spans${times}`,
    drags: false,
    recommendation: `See that ${callee} takes the trace context from ${operationOf(trace, row)} and that every route and instance of it is instrumented: ${took} of this trace are not explained.`,
  };
}

function gaps(facts: Facts): Gap[] {
  const { trace, selfNanos, rootNanos, clipped, calls, thresholds } = facts;
  const limit = Math.max(
    thresholds.uninstrumentedShare * rootNanos,
    thresholds.uninstrumentedNanos,
  );
  const found: Gap[] = [];
  if (rootNanos <= limit) return found;
  let cold: readonly ColdStart[] | undefined;
  for (let row = 0; row < trace.spans.length; row++) {
    if ((selfNanos[row] as number) <= limit || clipped.blocks[row] === 0) continue;
    const role = calls.role[row];
    if (role === Role.call || role === Role.query || !hasRemoteChildren(facts, row)) continue;
    cold ??= coldStarts(facts);
    const isCold = cold.some((each) => each.row === row);
    const gap = isCold ? undefined : longestGap(facts, row);
    if (gap !== undefined && gap.nanos > limit) found.push(gap);
  }
  return found;
}

function hasRemoteChildren({ trace, calls }: Facts, row: number): boolean {
  const { subtreeEnd, spans } = trace;
  const stop = subtreeEnd[row] as number;
  for (let child = row + 1; child < stop; child = subtreeEnd[child] as number) {
    if (calls.role[child] === Role.call && !isDatabase(spans[child] as Span)) return true;
    if (trace.service[child] !== trace.service[row]) return true;
  }
  return false;
}

function longestGap({ trace, clipped }: Facts, row: number): Gap {
  const { subtreeEnd, startNanos } = trace;
  let reached = clipped.start[row] as number;
  let start = reached;
  let nanos = 0;
  const take = (until: number): void => {
    if (until - reached <= nanos) return;
    nanos = until - reached;
    start = reached;
  };
  const end = clipped.end[row] as number;
  const stop = subtreeEnd[row] as number;
  for (let child = row + 1; child < stop; child = subtreeEnd[child] as number) {
    take(Math.min(startNanos[child] as number, end));
    reached = Math.max(reached, Math.min(endOf(trace, child), end));
  }
  take(end);
  return { row, startNanos: start, nanos };
}

function describeGap({ trace, rootNanos }: Facts, { row, startNanos, nanos }: Gap): FoundFinding {
  const place = operationOf(trace, row);
  const into = formatNanos(startNanos - (trace.startNanos[row] as number));
  return {
    row,
    rows: [row],
    evidence: `${place} records nothing for ${formatNanos(nanos)} (${formatShare(nanos / rootNanos)} of the trace), from ${into} after its start`,
    drags: false,
    recommendation: `Put spans around what ${place} does from ${into} on: no instrumentation covers it.`,
  };
}
