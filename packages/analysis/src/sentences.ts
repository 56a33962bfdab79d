// The verdict in one sentence.

import type { Trace } from "@culprit/trace-model";
import type { TraceError } from "./errors.ts";
import type { BottleneckFacts, Facts } from "./facts.ts";
import { shareOf } from "./figures.ts";
import { excerpt, formatLimit, formatList, formatNanos, formatShare } from "./format.ts";
import { operationOf, placeOf, service } from "./naming.ts";
import { byPathNanos, rowsOfOperation } from "./row-groups.ts";

const MESSAGE_EXCERPT = 160;
/** PostgreSQL's query_canceled. https://www.postgresql.org/docs/current/errcodes-appendix.html */
const QUERY_CANCELED = "57014";

export type Failed = Pick<TraceError, "row" | "type" | "message" | "timedOut" | "limitNanos">;

/** `was cancelled by the statement timeout of 3 s (57014)`, `failed with PaymentDeclined: card declined` */
export function failedPredicate(trace: Trace, error: Failed): string {
  const named = error.type === "error" ? "" : ` (${error.type})`;
  if (error.timedOut) {
    if (error.type === QUERY_CANCELED) {
      if (error.limitNanos !== undefined) {
        return `was cancelled by the statement timeout of ${formatLimit(error.limitNanos)}${named}`;
      }
      const took = formatNanos(trace.durationNanos[error.row] as number);
      return `was cancelled after ${took}${named}`;
    }
    if (error.limitNanos !== undefined) {
      return `ran into its time limit of ${formatLimit(error.limitNanos)}${named}`;
    }
    return `timed out after ${formatNanos(trace.durationNanos[error.row] as number)}${named}`;
  }
  const message = error.message === "" ? "" : `: ${excerpt(error.message, MESSAGE_EXCERPT)}`;
  return error.type === "error" ? `failed${message}` : `failed with ${error.type}${message}`;
}

export function summaryOf(facts: Facts): string {
  const { trace, bottleneck } = facts;
  const error = mainError(facts.errors);
  const head = bottleneck === undefined ? spreadOf(facts) : heldBy(facts, bottleneck);
  if (error === undefined) return `${head}; no errors.`;
  const sameOperation =
    bottleneck !== undefined && trace.operation[error.row] === bottleneck.operation;
  const failed = failedPredicate(trace, error);
  const began = sameOperation ? ` and ${failed}` : `; ${placeOf(trace, error.row)} ${failed}`;
  const others = elsewhere(facts, error);
  const more =
    others === 0 ? "" : `; ${others} more ${others === 1 ? "failure" : "failures"} began elsewhere`;
  return `${head}${began}${consequence(trace, error)}${more}.`;
}

/** Failures that are neither part of this one's way up, nor below it, nor in other attempts of the same call. */
function elsewhere(facts: Facts, { row }: TraceError): number {
  const { trace, errors, omittedErrors } = facts;
  const contains = (above: number, below: number): boolean =>
    above <= below && below < (trace.subtreeEnd[above] as number);
  const tried = new Uint8Array(trace.spans.length);
  for (const { attempts } of facts.retries()) {
    if (!attempts.some((attempt) => contains(attempt, row))) continue;
    for (const attempt of attempts) tried.fill(1, attempt, trace.subtreeEnd[attempt]);
  }
  const apart = errors.filter(
    (other) => !contains(other.row, row) && !contains(row, other.row) && tried[other.row] === 0,
  );
  return apart.length + omittedErrors;
}

/** The one that brought down the root, else the one with the most time on the critical path. */
function mainError(errors: readonly TraceError[]): TraceError | undefined {
  return errors.find(({ failedRoot }) => failedRoot) ?? errors[0];
}

function heldBy(facts: Facts, bottleneck: BottleneckFacts): string {
  const { trace, rootNanos } = facts;
  const rows = byPathNanos(facts, rowsOfOperation(trace, bottleneck.operation));
  const nanos = bottleneck.operationNanos;
  const share = formatShare(shareOf(nanos, rootNanos));
  return `${placeOf(trace, rows[0] as number)} held ${formatNanos(nanos)} of ${formatNanos(rootNanos)} (${share}) of the critical path`;
}

/** Services named when none holds more than half. */
const SPREAD_SERVICES = 3;

function spreadOf(facts: Facts): string {
  const { trace, rootNanos, figures } = facts;
  const times = figures.services.criticalPathNanos;
  const parts = trace.services
    .map((name, i) => ({ name, nanos: times[i] as number }))
    .filter(({ nanos }) => nanos > 0)
    .sort((a, b) => b.nanos - a.nanos || (a.name < b.name ? -1 : 1))
    .slice(0, SPREAD_SERVICES)
    .map(({ name, nanos }) => `${name} ${formatNanos(nanos)} (${formatShare(nanos / rootNanos)})`);
  const took = `${operationOf(trace, 0)} took ${formatNanos(rootNanos)}`;
  if (parts.length === 0) return took;
  return `${took}, no service more than half of the critical path: ${formatList(parts)}`;
}

function consequence(trace: Trace, error: TraceError): string {
  const own = service(trace, error.row);
  const failed = [...new Set(error.propagatedTo.map((row) => service(trace, row)))].filter(
    (name) => name !== own,
  );
  let text = failed.length === 0 ? "" : `; ${formatList(failed)} failed because of it`;
  if (error.swallowedBy >= 0)
    text += `; ${operationOf(trace, error.swallowedBy)} answered success over it`;
  if (error.retried) text += "; a later attempt succeeded";
  return text;
}
