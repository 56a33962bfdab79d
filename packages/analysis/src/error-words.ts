// What an error is called and what it says, read from the span where it began and, where that span is silent, from its
// erring parents in the same service: automatic database spans often carry only a status.

import type { AttributeKeys, Span, Trace } from "@culprit/trace-model";
import {
  DATABASE_STATUS,
  ERROR_TYPE,
  EXCEPTION_MESSAGE,
  EXCEPTION_TYPE,
  firstText,
  grpcFailure,
  httpStatus,
  isException,
} from "./conventions.ts";
import { Failure } from "./failures.ts";

export interface ErrorWords {
  readonly type: string;
  /** Empty where nothing was said. */
  readonly message: string;
}

export function errorWords(trace: Trace, failures: Uint8Array, origin: number): ErrorWords {
  let type: string | undefined;
  let message: string | undefined;
  let row = origin;
  do {
    const span = trace.spans[row] as Span;
    if (row === origin || ((failures[row] as number) & Failure.errs) !== 0) {
      type ??= typeOf(span);
      message ??= messageOf(span);
      if (type !== undefined && message !== undefined) break;
    }
    row = trace.parent[row] as number;
  } while (row >= 0 && trace.service[row] === trace.service[origin]);
  return { type: type ?? "error", message: message ?? "" };
}

function typeOf(span: Span): string | undefined {
  const http = httpStatus(span);
  return (
    firstText(span.attributes, ERROR_TYPE) ??
    ofException(span, EXCEPTION_TYPE) ??
    firstText(span.attributes, DATABASE_STATUS) ??
    grpcFailure(span) ??
    (http !== undefined && http >= 400 ? http.toString() : undefined)
  );
}

function messageOf(span: Span): string | undefined {
  if (span.statusMessage !== "") return span.statusMessage;
  return ofException(span, EXCEPTION_MESSAGE);
}

/** From the last exception event that says it: the one that got out. */
function ofException(span: Span, keys: AttributeKeys): string | undefined {
  for (let i = span.events.length - 1; i >= 0; i--) {
    const event = span.events[i];
    if (event === undefined || !isException(event)) continue;
    const text = firstText(event.attributes, keys);
    if (text !== undefined) return text;
  }
  return firstText(span.attributes, keys);
}
