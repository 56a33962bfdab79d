// Where the exclusive time of each span is booked: at the operation itself, or, for a caller's span around a remote call,
// at the call, whose time is the network's or the callee's queue and which the caller and the callee are both suspected of.

import { SpanKind, type TraceColumns } from "@culprit/trace-model";
import { type Cohorts, Side } from "./cohorts.ts";

export interface Place {
  /** The span's own; of a call, the caller's. */
  readonly service: number;
  readonly operation: number;
  /** Whom a call was made to; -1 for a service's own work. */
  readonly callee: number;
  readonly calleeOperation: number;
}

export interface Places {
  /** Index into {@link all}, one a row. */
  readonly place: Int32Array;
  readonly all: readonly Place[];
}

export function placesOf({ columns, side }: Pick<Cohorts, "columns" | "side">): Places {
  const { parent, service, operation } = columns;
  const answer = answeringRows(columns);
  const usual = usualCallees(columns, side, answer);
  const place = new Int32Array(parent.length);
  const register = new PlaceRegister();
  for (let row = 0; row < parent.length; row++) {
    const own = service[row] as number;
    const name = operation[row] as number;
    const by = answer[row] as number;
    if (by >= 0) {
      place[row] = register.indexOf(own, name, service[by] as number, operation[by] as number);
      continue;
    }
    const expected = by === NO_CHILD ? usual.get(keyOf(own, name)) : undefined;
    // A call that a callee known to report did not report is one to that callee.
    if (expected === undefined) place[row] = register.indexOf(own, name, -1, -1);
    else place[row] = register.indexOf(own, name, expected.service, expected.operation);
  }
  return { place, all: register.all };
}

const NO_CHILD = -1;
const NO_CALL = -2;

/**
 * For each span that does nothing but call another service, the row that answers: a client span, or, where kinds are not
 * told, a span within a service whose children are all another service's.
 */
function answeringRows(columns: TraceColumns): Int32Array {
  const { parent, service, kind } = columns;
  const answer = new Int32Array(parent.length).fill(NO_CHILD);
  for (let row = 0; row < parent.length; row++) {
    const above = parent[row] as number;
    if (above < 0) continue;
    const isRemote = service[above] !== service[row];
    if (!isRemote) {
      if (kind[above] !== SpanKind.client || answer[above] === NO_CHILD) answer[above] = NO_CALL;
    } else if ((answer[above] as number) === NO_CHILD) {
      answer[above] = row;
    }
  }
  for (let row = 0; row < parent.length; row++) {
    if ((answer[row] as number) < 0) continue;
    const above = parent[row] as number;
    const isInside = above >= 0 && service[above] === service[row];
    const isCall = kind[row] === SpanKind.client || kind[row] === SpanKind.producer;
    if (!isCall && !(kind[row] === SpanKind.unspecified && isInside)) answer[row] = NO_CALL;
  }
  return answer;
}

interface Callee {
  readonly service: number;
  readonly operation: number;
}

/** Operations whose spans are answered in the baseline, mostly and by one service alone. */
function usualCallees(
  columns: TraceColumns,
  side: Uint8Array,
  answer: Int32Array,
): ReadonlyMap<number, Callee> {
  const { service, operation, firstRow } = columns;
  const seen = new Map<number, { callee: Callee; answered: number; asked: number; one: boolean }>();
  let trace = 0;
  for (let row = 0; row < answer.length; row++) {
    while (row >= (firstRow[trace + 1] as number)) trace++;
    const by = answer[row] as number;
    if (by === NO_CALL || side[trace] !== Side.baseline) continue;
    const key = keyOf(service[row] as number, operation[row] as number);
    const entry = seen.get(key);
    const isAnswered = by >= 0;
    if (entry === undefined) {
      const callee = isAnswered
        ? { service: service[by] as number, operation: operation[by] as number }
        : { service: -1, operation: -1 };
      seen.set(key, { callee, answered: isAnswered ? 1 : 0, asked: 1, one: true });
      continue;
    }
    entry.asked++;
    if (!isAnswered) continue;
    if (entry.answered === 0) {
      entry.callee = { service: service[by] as number, operation: operation[by] as number };
    } else if (entry.callee.service !== service[by]) entry.one = false;
    entry.answered++;
  }
  const usual = new Map<number, Callee>();
  for (const [key, { callee, answered, asked, one }] of seen) {
    if (one && answered * 2 > asked) usual.set(key, callee);
  }
  return usual;
}

function keyOf(service: number, operation: number): number {
  return service * 2 ** 24 + operation;
}

class PlaceRegister {
  readonly all: Place[] = [];
  readonly #own = new Map<number, number>();
  readonly #calls = new Map<number, Map<number, number>>();

  indexOf(service: number, operation: number, callee: number, calleeOperation: number): number {
    const key = keyOf(service, operation);
    let group = this.#own;
    let groupKey = key;
    if (callee >= 0) {
      groupKey = keyOf(callee, calleeOperation);
      let calls = this.#calls.get(key);
      if (calls === undefined) {
        calls = new Map();
        this.#calls.set(key, calls);
      }
      group = calls;
    }
    let index = group.get(groupKey);
    if (index === undefined) {
      index = this.all.push({ service, operation, callee, calleeOperation }) - 1;
      group.set(groupKey, index);
    }
    return index;
  }
}
