// A failed attempt that was followed by one that succeeded: the caller did what it should, nothing was swallowed.

import { int32Column, type Trace, uint8Column } from "@culprit/trace-model";
import { type CallColumns, NO_CALL, SEVERAL_CALLS } from "./call-columns.ts";
import type { Callees } from "./callee.ts";
import { Failure } from "./failures.ts";

export class RetriedAttempts {
  readonly #trace: Trace;
  readonly #failures: Uint8Array;
  readonly #calls: CallColumns;
  readonly #callees: Callees;
  /** 0 for not asked yet, 1 for yes, 2 for no. */
  readonly #answers: Uint8Array;
  /** Of a parent: the latest start of a successful child, by what the child attempted. */
  readonly #latestSuccess = new Map<number, Map<string, number>>();
  /** Failing rows before each row. */
  #failingBefore: Int32Array | undefined;

  constructor(trace: Trace, failures: Uint8Array, calls: CallColumns, callees: Callees) {
    this.#trace = trace;
    this.#failures = failures;
    this.#calls = calls;
    this.#callees = callees;
    this.#answers = uint8Column(failures.length);
  }

  /** Whether a later sibling that attempted the same, begun after `row` had ended, succeeded. */
  retriedWithSuccess(row: number): boolean {
    // Walks of many origins pass the same rows.
    if (this.#answers[row] === 0) this.#answers[row] = this.#retried(row) ? 1 : 2;
    return this.#answers[row] === 1;
  }

  #retried(row: number): boolean {
    const { parent, subtreeEnd, startNanos, durationNanos } = this.#trace;
    const above = parent[row] as number;
    // Siblings come by start: mostly there is none later, and nothing to compare.
    if (above < 0 || subtreeEnd[row] === subtreeEnd[above]) return false;
    const latest = this.#successes(above).get(this.#attempt(row));
    if (latest === undefined) return false;
    return latest >= (startNanos[row] as number) + (durationNanos[row] as number);
  }

  /** Many clients name all of their spans GET: what is or holds one call is known by its request. */
  #attempt(row: number): string {
    const operation = `${this.#trace.operation[row]} ${this.#trace.spans[row]?.kind}`;
    const query = this.#calls.query[row] as number;
    const call = this.#calls.call[row] as number;
    const only = call === NO_CALL ? query : query === NO_CALL ? call : SEVERAL_CALLS;
    return only < 0 ? operation : `${operation} ${this.#callees.requestKey(only)}`;
  }

  #successes(parent: number): Map<string, number> {
    const known = this.#latestSuccess.get(parent);
    if (known !== undefined) return known;
    const successes = new Map<string, number>();
    const { subtreeEnd, startNanos } = this.#trace;
    const stop = subtreeEnd[parent] as number;
    // Children come by start: the last one written is the latest.
    for (let child = parent + 1; child < stop; child = subtreeEnd[child] as number) {
      if (this.#succeeded(child)) successes.set(this.#attempt(child), startNanos[child] as number);
    }
    this.#latestSuccess.set(parent, successes);
    return successes;
  }

  /** A span that is not marked may still have failed: framework spans stay UNSET. Nothing below it may fail either. */
  #succeeded(row: number): boolean {
    this.#failingBefore ??= this.#countFailing();
    const before = this.#failingBefore;
    return before[this.#trace.subtreeEnd[row] as number] === before[row];
  }

  #countFailing(): Int32Array {
    const before = int32Column(this.#failures.length + 1);
    for (let row = 0; row < this.#failures.length; row++) {
      const failing = ((this.#failures[row] as number) & (Failure.fails | Failure.unmarked)) !== 0;
      before[row + 1] = (before[row] as number) + (failing ? 1 : 0);
    }
    return before;
  }
}
