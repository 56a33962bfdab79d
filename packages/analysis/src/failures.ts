// Which spans err, which fail and which ought to have been marked; one byte a row.

import { type Span, SpanKind, StatusCode, type Trace, uint8Column } from "@culprit/trace-model";
import { grpcFailure, httpStatus, isException } from "./conventions.ts";

export const Failure = {
  /** Status ERROR, or an exception event. */
  errs: 1,
  /** Errs, or is a server whose answer says that it failed. */
  fails: 2,
  /** The answer says that it failed, the status does not. */
  unmarked: 4,
} as const;

export function failures(trace: Trace): Uint8Array {
  const { spans } = trace;
  const column = uint8Column(spans.length);
  for (let row = 0; row < spans.length; row++) column[row] = failureOf(spans[row] as Span);
  return column;
}

export function errs(span: Span): boolean {
  if (span.statusCode === StatusCode.error) return true;
  for (const event of span.events) if (isException(event)) return true;
  return false;
}

function failureOf(span: Span): number {
  if (span.statusCode === StatusCode.error) return Failure.errs | Failure.fails;
  let failure = errs(span) ? Failure.errs | Failure.fails : 0;
  const http = httpStatus(span) ?? 0;
  const grpcFailed = grpcFailure(span) !== undefined;
  if (http >= 500 || (http >= 400 && span.kind === SpanKind.client) || grpcFailed) {
    failure |= Failure.unmarked;
  }
  if ((http >= 400 || grpcFailed) && span.kind === SpanKind.server) failure |= Failure.fails;
  return failure;
}
