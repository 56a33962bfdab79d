// A search's conditions on spans as SQL.

import { attributeCondition, attributePlaces, pairHint } from "./attribute-condition.ts";
import { clampUint64, quote } from "./sql.ts";
import type { TraceQuery } from "./trace-reader.ts";
import { verdictCondition } from "./verdict-condition.ts";

/** The statements of more attributes than these would be longer by the square of their number. */
const MOST_PLACED = 8;

type Conditions = Omit<TraceQuery, "limit" | "after">;

/** Nanoseconds, exact up to 2^64-1 (duration_nano is modulo 2^64); a span that ends before it starts has no length. */
export const LENGTH: string =
  "if(start_unix_nano + toUInt64(duration_nano) < start_unix_nano, 0, toUInt64(duration_nano))";

/** All that must hold on a row of spans, the tenant first. */
export function spanConditions(query: Conditions): string[] {
  return [
    ...rowConditions(query),
    ...columnConditions(query),
    ...(query.attributes ?? []).map(attributeCondition),
  ];
}

/**
 * A statement that gives `trace_id` and `start` of all spans that match, some twice.
 * Conditions on columns come first (`prewhere`), the quickest at the head: whatever a span fails at, nothing else of it
 * is read. An attribute may stand in several places, of which the index knows one, so each place has a statement: in
 * the first every attribute is among the span's own; in the others one stands elsewhere.
 * @param inSlice a condition on the table's order
 */
export function matchingSpans(query: Conditions, inSlice: string): string {
  const where = [...rowConditions(query), inSlice];
  const columns = columnConditions(query);
  const filters = query.attributes ?? [];
  const manifold = filters.flatMap((filter) => {
    const places = attributePlaces(filter);
    return typeof places === "string" ? [] : [{ filter, ...places }];
  });
  for (const filter of filters) {
    const condition = attributePlaces(filter);
    if (typeof condition === "string") columns.push(condition);
  }
  if (manifold.length > MOST_PLACED) {
    return select(columns, [...where, ...manifold.map(({ filter }) => attributeCondition(filter))]);
  }
  const own = manifold.map(({ onSpan }) => onSpan);
  const hints = manifold.map(({ filter }) => pairHint(filter));
  const statements = [select([...columns, ...own], [...where, ...hints])];
  for (const { filter, elsewhere } of manifold) {
    const others = manifold.filter((other) => other.filter !== filter);
    const anywhere = others.map((other) => attributeCondition(other.filter));
    statements.push(select([...columns, elsewhere, ...anywhere], where));
  }
  return statements.join(" union all ");
}

function select(prewhere: readonly string[], where: readonly string[]): string {
  const first = prewhere.length === 0 ? "" : `prewhere ${prewhere.join(" and ")}`;
  return `select trace_id, start_unix_nano as start from culprit.spans ${first} where ${where.join(" and ")}`;
}

/** On the tenant, the time, and the trace. */
function rowConditions(query: Conditions): string[] {
  const where = ["tenant = ''"];
  if (query.startMinUnixNano !== undefined) {
    where.push(`start_unix_nano >= ${clampUint64(query.startMinUnixNano)}`);
  }
  if (query.startMaxUnixNano !== undefined) {
    where.push(`start_unix_nano <= ${clampUint64(query.startMaxUnixNano)}`);
  }
  if (query.verdict !== undefined) where.push(verdictCondition(query.verdict));
  return where;
}

function columnConditions(query: Conditions): string[] {
  const where: string[] = [];
  if (query.service !== undefined) where.push(`service = ${quote(query.service)}`);
  if (query.operation !== undefined) where.push(`name = ${quote(query.operation)}`);
  if (query.durationMinNanos !== undefined) {
    where.push(`${LENGTH} >= ${wholeNanos(Math.ceil(query.durationMinNanos))}`);
  }
  if (query.durationMaxNanos !== undefined) {
    where.push(`${LENGTH} <= ${wholeNanos(Math.floor(query.durationMaxNanos))}`);
  }
  return where;
}

function wholeNanos(nanos: number): bigint {
  return clampUint64(BigInt(Math.min(nanos, 2 ** 64)));
}
