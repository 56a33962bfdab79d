// Calls that were tried again: attempts of one request under one caller, one after the other, all but the last failed.

import type { DurationNanos, Trace } from "@culprit/trace-model";
import { SEVERAL_CALLS } from "./call-columns.ts";
import { callsOf, endOf, follows, type MadeCall } from "./call-sequence.ts";
import type { Facts } from "./facts.ts";
import { Failure } from "./failures.ts";

export interface RetriedCall {
  readonly caller: number;
  /** Children of the caller, each an attempt: the call itself, or what is wrapped around it. */
  readonly attempts: readonly number[];
  /** The calls in the attempts; an attempt that holds several stands for itself. */
  readonly calls: readonly number[];
  readonly succeeded: boolean;
  /** Between the end of each attempt and the start of the next. */
  readonly gapsNanos: readonly DurationNanos[];
}

export function retriedCalls(facts: Facts): RetriedCall[] {
  if (!facts.anyFailure) return [];
  const minimum = Math.max(2, facts.thresholds.retryAttempts);
  const found: RetriedCall[] = [];
  for (const caller of facts.calls.callers) {
    const made = callsOf(facts, caller, "any");
    // By request: loops that retry may run beside one another.
    const open = new Map<string, number[]>();
    const take = (attempts: readonly number[], succeeded: boolean): void => {
      if (attempts.length < minimum) return;
      const calls = attempts.map((at) => made[at] as MadeCall);
      found.push(retried(facts.trace, caller, calls, succeeded));
    };
    made.forEach((each, at) => {
      const failed = hasFailed(facts, each);
      if (!failed && open.size === 0) return;
      const key = attemptKey(facts, each);
      const attempts = open.get(key);
      if (attempts !== undefined && continues(facts.trace, made, attempts.at(-1) as number, at)) {
        attempts.push(at);
        if (failed) return;
        take(attempts, true);
        open.delete(key);
        return;
      }
      if (attempts !== undefined) take(attempts, false);
      if (failed) open.set(key, [at]);
      else open.delete(key);
    });
    for (const attempts of open.values()) take(attempts, false);
  }
  return found;
}

/** Calls between two attempts that are looked at; where more lie between them, they are no attempts of one thing. */
const MAX_BETWEEN = 100;

/** Whether the caller went from one attempt to the next with no other call in between. */
function continues(trace: Trace, made: readonly MadeCall[], previous: number, at: number): boolean {
  const next = (made[at] as MadeCall).child;
  const before = (made[previous] as MadeCall).child;
  if (!follows(trace, next, before) || at - previous > MAX_BETWEEN) return false;
  for (let i = previous + 1; i < at; i++) {
    const { child } = made[i] as MadeCall;
    if (follows(trace, child, before) && follows(trace, next, child)) return false;
  }
  return true;
}

function attemptKey({ trace, callees }: Facts, { row, child }: MadeCall): string {
  return row === SEVERAL_CALLS ? `in ${trace.operation[child]}` : callees.requestKey(row);
}

/** The attempt, what wraps it or the span that answered it failed: framework spans often stay unmarked. */
function hasFailed({ trace, failures, calls }: Facts, { row, child }: MadeCall): boolean {
  const failed = Failure.fails | Failure.unmarked;
  if (row === SEVERAL_CALLS) return ((failures[child] as number) & failed) !== 0;
  const answer = calls.answer[row] as number;
  if (answer >= 0 && ((failures[answer] as number) & failed) !== 0) return true;
  for (let at = row; at >= child; at = trace.parent[at] as number) {
    if (((failures[at] as number) & failed) !== 0) return true;
  }
  return false;
}

function retried(
  trace: Trace,
  caller: number,
  attempts: readonly MadeCall[],
  succeeded: boolean,
): RetriedCall {
  const rows = attempts.map(({ child }) => child);
  return {
    caller,
    attempts: rows,
    calls: attempts.map(({ row, child }) => (row < 0 ? child : row)),
    succeeded,
    gapsNanos: rows
      .slice(1)
      .map((row, i) =>
        Math.max(0, (trace.startNanos[row] as number) - endOf(trace, rows[i] as number)),
      ),
  };
}

/** Gaps that grow by half from the first to the last are a back-off, jitter allowed for. */
const GROWTH = 1.5;
/** Event loops and schedulers make gaps grow by a few milliseconds: that is no back-off. */
const LEAST_GROWTH_NANOS: DurationNanos = 5e6;

export function backsOff({ gapsNanos }: RetriedCall): boolean {
  const first = gapsNanos[0] ?? 0;
  const last = gapsNanos.at(-1) ?? 0;
  return gapsNanos.length > 1 && last > first * GROWTH && last - first >= LEAST_GROWTH_NANOS;
}
