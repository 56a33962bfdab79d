// Whether an error is a timeout, and which limit it ran into.

import { type DurationNanos, type Span, SpanKind, type Trace } from "@culprit/trace-model";
import { CLOCK_GRAIN_NANOS, endOf } from "./call-sequence.ts";
import { grpcFailure, httpStatus, numberOf } from "./conventions.ts";
import type { ErrorWords } from "./error-words.ts";
import { Failure } from "./failures.ts";

const SAYS_TIMEOUT = /time[ _-]?d?[ _-]?out|deadline|cancel|ETIMEDOUT/i;
/** HTTP Gateway Timeout, PostgreSQL query_canceled. */
const TIMEOUT_TYPES: ReadonlySet<string> = new Set(["504", "57014"]);
/** gRPC's DEADLINE_EXCEEDED by its number. */
const GRPC_DEADLINE = "4";

export function isTimeout(
  trace: Trace,
  failures: Uint8Array,
  row: number,
  words: ErrorWords,
): boolean {
  if (TIMEOUT_TYPES.has(words.type) || SAYS_TIMEOUT.test(words.type)) return true;
  if (SAYS_TIMEOUT.test(words.message)) return true;
  if (words.type === GRPC_DEADLINE && isGrpcDeadline(trace, row)) return true;
  return gaveUp(trace, failures, row);
}

/** On the span, or on the parent in its service whose words it has. */
function isGrpcDeadline(trace: Trace, origin: number): boolean {
  for (let row = origin; row >= 0; row = trace.parent[row] as number) {
    if (trace.service[row] !== trace.service[origin]) return false;
    const failure = grpcFailure(trace.spans[row] as Span);
    if (failure !== undefined) return failure === GRPC_DEADLINE;
  }
  return false;
}

/** Whether a client span errs without an answer while its server goes on, by more than clocks may be off. */
export function gaveUp(trace: Trace, failures: Uint8Array, row: number): boolean {
  const { subtreeEnd, spans } = trace;
  const span = spans[row] as Span;
  if (((failures[row] as number) & Failure.errs) === 0) return false;
  if (span.kind !== SpanKind.client || hasAnswer(span)) return false;
  const end = endOf(trace, row) + CLOCK_GRAIN_NANOS;
  const stop = subtreeEnd[row] as number;
  for (let child = row + 1; child < stop; child = subtreeEnd[child] as number) {
    if (spans[child]?.kind === SpanKind.server && endOf(trace, child) > end) return true;
  }
  return false;
}

/** DEADLINE_EXCEEDED and CANCELLED are the caller's own words. */
const GAVE_UP: ReadonlySet<string> = new Set(["1", "4", "CANCELLED", "DEADLINE_EXCEEDED"]);

/** A caller that failed with the callee's answer did not give up. */
export function hasAnswer(span: Span): boolean {
  if (httpStatus(span) !== undefined) return true;
  const failure = grpcFailure(span);
  return failure !== undefined && !GAVE_UP.has(failure.toUpperCase());
}

/** Ancestors looked at for an attribute that names the limit. */
const MAX_ANCESTORS = 5;

/**
 * The limit, where an attribute of the span or of its parents in the same service names one in a unit, or the message
 * does, or else the duration lies just above a round figure.
 */
export function timeoutLimit(
  trace: Trace,
  row: number,
  words: ErrorWords,
): DurationNanos | undefined {
  const took = trace.durationNanos[row] as number;
  let at = row;
  for (let i = 0; i < MAX_ANCESTORS && at >= 0; i++) {
    if (trace.service[at] !== trace.service[row]) break;
    const named = limitAttribute(trace.spans[at] as Span, took);
    if (named !== undefined) return named;
    at = trace.parent[at] as number;
  }
  return limitInMessage(words.message) ?? roundLimit(took);
}

/** A limit explains the duration only when the span ran at least as long; timers may fire 2 % early. */
const EARLY = 0.98;

function limitAttribute(span: Span, took: DurationNanos): DurationNanos | undefined {
  let limit: DurationNanos | undefined;
  for (const [key, value] of span.attributes) {
    const match = /timeout(?:[._-][a-z0-9]+)*?[._-](ms|millis|milliseconds|s|sec|seconds)$/i.exec(
      key,
    );
    const amount = match === null ? undefined : numberOf(value);
    if (amount === undefined || amount <= 0) continue;
    const nanos = amount * nanosOfUnit(match?.[1] ?? "");
    if (nanos * EARLY <= took && nanos > (limit ?? 0)) limit = nanos;
  }
  return limit;
}

/** Characters of a message that are searched; the limit is named early or not at all. */
const MAX_MESSAGE = 1000;

function limitInMessage(message: string): DurationNanos | undefined {
  const match = /(\d+(?:\.\d+)?) ?(ms|millis|milliseconds|s|sec|seconds)\b/i.exec(
    message.slice(0, MAX_MESSAGE),
  );
  if (match === null) return undefined;
  return Number(match[1]) * nanosOfUnit(match[2] ?? "");
}

function nanosOfUnit(unit: string): DurationNanos {
  return unit.toLowerCase().startsWith("m") ? 1e6 : 1e9;
}

/** Limits are round: whole half seconds, below a second whole tenths. A span runs over by 5 % at most. */
const OVERRUN = 0.05;

function roundLimit(took: DurationNanos): DurationNanos | undefined {
  const step = took >= 1e9 ? 5e8 : 1e8;
  const limit = Math.floor(took / step) * step;
  return limit > 0 && took - limit <= OVERRUN * limit ? limit : undefined;
}
