// Where failures began, how far up they went, and who answered success over them.

import {
  type DurationNanos,
  type Span,
  SpanKind,
  StatusCode,
  type Trace,
} from "@culprit/trace-model";
import type { CallColumns } from "./call-columns.ts";
import type { Callees } from "./callee.ts";
import { isDetached } from "./detached.ts";
import { type ErrorWords, errorWords } from "./error-words.ts";
import { Failure } from "./failures.ts";
import { RetriedAttempts } from "./retried-attempts.ts";
import { isTimeout, timeoutLimit } from "./timeout.ts";

/**
 * A span where a failure began: it errs and nothing below it does; or it ought to have been marked, and nothing below it
 * errs or ought to have been.
 */
export interface TraceError extends ErrorWords {
  readonly row: number;
  readonly marked: boolean;
  /** False when only the answer's status tells of the failure. */
  readonly errs: boolean;
  readonly criticalPathNanos: DurationNanos;
  /** Rows of the failing ancestors below the swallower, the nearest first; the first of them where they are very many. */
  readonly propagatedTo: readonly number[];
  /** Whether the trace's root failed with it. */
  readonly failedRoot: boolean;
  /** Row of the span that answered success over it, or -1. */
  readonly swallowedBy: number;
  /** A later attempt of the same operation succeeded. */
  readonly retried: boolean;
  readonly timedOut: boolean;
  readonly limitNanos: DurationNanos | undefined;
}

export interface TraceErrors {
  readonly errors: readonly TraceError[];
  /** Origins beyond those in `errors`. */
  readonly omitted: number;
}

/** A document of more origins than this helps nobody, and each costs a walk to the root. */
const MAX_ORIGINS = 1000;
/** Bounds the document at a million ids; a call chain is tens of spans deep. */
const MAX_PROPAGATED = 1000;

/** @param pathNanos time on the critical path, one a row */
export function traceErrors(
  trace: Trace,
  failures: Uint8Array,
  pathNanos: Float64Array,
  calls: CallColumns,
  callees: Callees,
): TraceErrors {
  const origins = originRows(trace, failures);
  if (origins.length === 0) return { errors: [], omitted: 0 };
  origins.sort((a, b) => (pathNanos[b] as number) - (pathNanos[a] as number) || a - b);
  const attempts = new RetriedAttempts(trace, failures, calls, callees);
  const errors = origins.slice(0, MAX_ORIGINS).map((row): TraceError => {
    const words = errorWords(trace, failures, row);
    const timedOut = isTimeout(trace, failures, row, words);
    const errs = ((failures[row] as number) & Failure.errs) !== 0;
    const { swallowedBy, ...others } = consequences(trace, failures, attempts, row);
    return {
      row,
      ...words,
      marked: trace.spans[row]?.statusCode === StatusCode.error,
      errs,
      criticalPathNanos: pathNanos[row] as number,
      ...others,
      // A 404 that nobody marked may well have been expected: whoever answered after it swallowed nothing.
      swallowedBy: errs ? swallowedBy : -1,
      timedOut,
      limitNanos: timedOut ? timeoutLimit(trace, row, words) : undefined,
    };
  });
  return { errors, omitted: origins.length - errors.length };
}

/** Backwards, so that the next failure after a row is known: it lies below the row or outside its subtree. */
function originRows(trace: Trace, failures: Uint8Array): number[] {
  const origins: number[] = [];
  let nextErring = trace.spans.length;
  let nextAny = trace.spans.length;
  for (let row = trace.spans.length - 1; row >= 0; row--) {
    const failure = failures[row] as number;
    const stop = trace.subtreeEnd[row] as number;
    if ((failure & Failure.errs) !== 0) {
      if (nextErring >= stop) origins.push(row);
      nextErring = row;
      nextAny = row;
    } else if ((failure & Failure.unmarked) !== 0) {
      if (nextAny >= stop) origins.push(row);
      nextAny = row;
    }
  }
  return origins.reverse();
}

interface Consequences {
  readonly propagatedTo: readonly number[];
  readonly failedRoot: boolean;
  readonly swallowedBy: number;
  readonly retried: boolean;
}

function consequences(
  trace: Trace,
  failures: Uint8Array,
  attempts: RetriedAttempts,
  origin: number,
): Consequences {
  const propagatedTo: number[] = [];
  let failedRoot = origin === 0;
  let below = origin;
  for (let row = trace.parent[origin] as number; row >= 0; row = trace.parent[row] as number) {
    const kind = trace.spans[row]?.kind;
    // What was tried again with success failed nobody above, and nobody answered over it.
    if (attempts.retriedWithSuccess(below)) {
      return { propagatedTo, failedRoot, swallowedBy: -1, retried: true };
    }
    // Nobody here waits for it: the failure ends there, and no answer was given over it.
    if (isDetached(trace.spans[row] as Span, trace.spans[below] as Span)) break;
    if (((failures[row] as number) & Failure.fails) !== 0) {
      if (propagatedTo.length < MAX_PROPAGATED) propagatedTo.push(row);
      if (row === 0) failedRoot = true;
    } else {
      // The top of an orphaned part is no root: what its parent answered is not known.
      const isRoot = trace.spans[row]?.parentSpanId === "";
      if (kind === SpanKind.server || kind === SpanKind.consumer || isRoot) {
        return { propagatedTo, failedRoot, swallowedBy: row, retried: false };
      }
    }
    below = row;
  }
  return { propagatedTo, failedRoot, swallowedBy: -1, retried: false };
}
