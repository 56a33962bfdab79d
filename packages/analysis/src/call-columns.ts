// Which spans are queries, remote calls or waits for a connection, and which calls a span made: automatic
// instrumentation and frameworks put spans of their own around each call, and a span that holds exactly one call stands
// for it. One pass, children before parents.

import { int32Column, type Span, SpanKind, type Trace, uint8Column } from "@culprit/trace-model";
import {
  DATABASE_OPERATION,
  firstText,
  HTTP_METHOD,
  isDatabase,
  RPC_METHOD,
  STATEMENT,
} from "./conventions.ts";
import { isDetached } from "./detached.ts";

export const Role = {
  /** Answers, or hands over: SERVER, PRODUCER, CONSUMER. */
  boundary: 0,
  /** The application's or a framework's own work. */
  within: 1,
  query: 2,
  /** A call to another process. */
  call: 3,
  /** A connection being made or waited for. */
  connect: 4,
} as const;

export const NO_CALL: number = -1;
export const SEVERAL_CALLS: number = -2;

export interface CallColumns {
  /** A {@link Role} a row. */
  readonly role: Uint8Array;
  /** Row of the span that answered a row's call, -1 for none. */
  readonly answer: Int32Array;
  /** The one query that a row is or holds, or one of the two above. */
  readonly query: Int32Array;
  /** The one remote call that a row is or holds, or one of the two above. */
  readonly call: Int32Array;
  /** Children that are or hold queries or calls. */
  readonly callCount: Int32Array;
  /** Rows with two such children or more, ascending. */
  readonly callers: readonly number[];
}

export function callColumns(trace: Trace): CallColumns {
  const { spans, parent, service, operation } = trace;
  const count = spans.length;
  const answer = int32Column(count).fill(-1);
  const query = int32Column(count).fill(NO_CALL);
  const call = int32Column(count).fill(NO_CALL);
  const callCount = int32Column(count);
  const role = uint8Column(count);
  const callers: number[] = [];
  const connects = new ConnectNames(trace);
  for (let row = count - 1; row >= 0; row--) {
    const span = spans[row] as Span;
    let own = roleOf(span, answer[row] as number, connects, operation[row] as number);
    // What makes calls does more than connect, whatever its name.
    if (own === Role.connect && (callCount[row] as number) > 0) own = Role.within;
    role[row] = own;
    if (own === Role.query || own === Role.call) {
      query[row] = own === Role.query ? row : NO_CALL;
      call[row] = own === Role.call ? row : NO_CALL;
    }
    if ((callCount[row] as number) > 1) callers.push(row);
    const above = parent[row] as number;
    if (above < 0) continue;
    const parentSpan = spans[above] as Span;
    if (span.kind === SpanKind.server || isOtherService(span, service, row, above)) {
      if (!isDetached(parentSpan, span)) answer[above] = row;
      continue;
    }
    if (own === Role.boundary) continue;
    const q = query[row] as number;
    const c = call[row] as number;
    if (q === NO_CALL && c === NO_CALL) continue;
    if (isDetached(parentSpan, span)) continue;
    callCount[above] = (callCount[above] as number) + 1;
    query[above] = joined(query[above] as number, q);
    call[above] = joined(call[above] as number, c);
  }
  return { role, answer, query, call, callCount, callers: callers.reverse() };
}

function joined(a: number, b: number): number {
  if (a === NO_CALL) return b;
  return b === NO_CALL ? a : SEVERAL_CALLS;
}

/** Where kinds are missing, another service's span is the answer. */
function isOtherService(span: Span, service: Int32Array, row: number, above: number): boolean {
  return (
    service[row] !== service[above] &&
    span.kind !== SpanKind.consumer &&
    span.kind !== SpanKind.producer
  );
}

function roleOf(span: Span, answer: number, connects: ConnectNames, operation: number): number {
  const { kind } = span;
  if (kind === SpanKind.client) {
    if (isDatabase(span)) {
      return !connects.has(operation) || asks(span) ? Role.query : Role.connect;
    }
    return answer < 0 && connects.has(operation) && !isRequest(span) ? Role.connect : Role.call;
  }
  if (kind !== SpanKind.internal && kind !== SpanKind.unspecified) return Role.boundary;
  if (kind === SpanKind.unspecified && answer >= 0) return Role.call;
  if (isDatabase(span)) {
    if (asks(span)) return Role.query;
    if (kind === SpanKind.unspecified && !connects.has(operation)) return Role.query;
  }
  return withinOr(connects, operation);
}

function withinOr(connects: ConnectNames, operation: number): number {
  return connects.has(operation) ? Role.connect : Role.within;
}

function asks({ attributes }: Span): boolean {
  return (
    firstText(attributes, STATEMENT) !== undefined ||
    firstText(attributes, DATABASE_OPERATION) !== undefined
  );
}

function isRequest({ attributes }: Span): boolean {
  return (
    firstText(attributes, HTTP_METHOD) !== undefined ||
    firstText(attributes, RPC_METHOD) !== undefined
  );
}

const CONNECT =
  /(?:^|[^a-z])(?:connect|connection|acquire|getconn)(?:[^a-z]|$)|getConnection|ConnectionPool/i;

/** Whether an operation's name speaks of a connection, found out once an operation. */
class ConnectNames {
  readonly #trace: Trace;
  /** 0 for not asked yet, 1 for yes, 2 for no. */
  readonly #answers: Uint8Array;

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#answers = uint8Column(trace.operations.length);
  }

  has(operation: number): boolean {
    if (this.#answers[operation] === 0) {
      const name = this.#trace.operations[operation]?.name ?? "";
      this.#answers[operation] = CONNECT.test(name) ? 1 : 2;
    }
    return this.#answers[operation] === 1;
  }
}
