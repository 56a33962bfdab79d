// The calls that a span made, in the order of their starts, and what "one after the other" means between them.

import type { DurationNanos, Trace } from "@culprit/trace-model";
import { NO_CALL, SEVERAL_CALLS } from "./call-columns.ts";
import type { Facts } from "./facts.ts";

/**
 * Many SDKs cut starts to whole milliseconds and measure durations exactly, so that spans which followed one another
 * seem to overlap by less than that.
 */
export const CLOCK_GRAIN_NANOS: DurationNanos = 1e6;

export interface MadeCall {
  /** Row of the call, or `SEVERAL_CALLS` where the child holds more than one. */
  readonly row: number;
  /** The caller's child that is or holds it. */
  readonly child: number;
}

export type CallKind = "query" | "call" | "any";

export function callsOf(facts: Facts, caller: number, kind: CallKind): MadeCall[] {
  const { trace, calls } = facts;
  const { subtreeEnd } = trace;
  const made: MadeCall[] = [];
  const stop = subtreeEnd[caller] as number;
  for (let child = caller + 1; child < stop; child = subtreeEnd[child] as number) {
    if (facts.isDetached(child) || facts.answersElsewhere(child)) continue;
    const query = calls.query[child] as number;
    const call = calls.call[child] as number;
    let row = kind === "query" ? query : call;
    if (kind === "any" && query !== NO_CALL) row = call === NO_CALL ? query : SEVERAL_CALLS;
    if (row === NO_CALL) continue;
    made.push({ row, child });
  }
  return made;
}

export function endOf(trace: Trace, row: number): number {
  return (trace.startNanos[row] as number) + (trace.durationNanos[row] as number);
}

export function follows(trace: Trace, row: number, previous: number): boolean {
  return (trace.startNanos[row] as number) >= endOf(trace, previous) - CLOCK_GRAIN_NANOS;
}

export function sumNanos(trace: Trace, rows: readonly number[]): DurationNanos {
  return rows.reduce((sum, row) => sum + (trace.durationNanos[row] as number), 0);
}

/** Rows that ran one after the other take at least as long as their durations together. */
function ranInSequence(trace: Trace, rows: readonly number[]): boolean {
  const first = rows[0] as number;
  const elapsed = endOf(trace, rows.at(-1) as number) - (trace.startNanos[first] as number);
  return elapsed >= sumNanos(trace, rows) - CLOCK_GRAIN_NANOS;
}

export interface RepeatedRun {
  readonly caller: number;
  readonly rows: readonly number[];
  readonly nanos: DurationNanos;
}

/**
 * Runs of consecutive calls of one key, one after the other; those that last longest together first. What was tried
 * again counts once: its repetitions are a retry.
 */
export function repeatedRuns(
  facts: Facts,
  kind: "query" | "call",
  keyOf: (row: number) => string,
  minCount: number,
  minNanos: DurationNanos,
): RepeatedRun[] {
  const { trace, calls } = facts;
  const found: RepeatedRun[] = [];
  let triedAgain: ReadonlySet<number> | undefined;
  for (const caller of calls.callers) {
    if ((calls.callCount[caller] as number) < minCount) continue;
    triedAgain ??= new Set(facts.retries().flatMap(({ attempts }) => attempts.slice(0, -1)));
    const rows: number[] = [];
    for (const { row, child } of callsOf(facts, caller, kind)) {
      if (!triedAgain.has(child)) rows.push(row);
    }
    if (rows.length < minCount) continue;
    if (
      sumNanos(
        trace,
        rows.filter((row) => row >= 0),
      ) < minNanos
    )
      continue;
    const take = (run: readonly number[]): void => {
      if (run.length < minCount || !ranInSequence(trace, run)) return;
      const nanos = sumNanos(trace, run);
      if (nanos >= minNanos) found.push({ caller, rows: run, nanos });
    };
    let run: number[] = [];
    let runKey = "";
    for (const row of rows) {
      const key = row < 0 ? undefined : keyOf(row);
      const previous = run.at(-1);
      if (previous !== undefined && key === runKey && follows(trace, row, previous)) {
        run.push(row);
        continue;
      }
      take(run);
      run = key === undefined ? [] : [row];
      runKey = key ?? "";
    }
    take(run);
  }
  return found.sort((a, b) => b.nanos - a.nanos || a.caller - b.caller);
}
