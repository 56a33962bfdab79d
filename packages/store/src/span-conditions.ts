// A search's conditions on spans as SQL.

import { attributeCondition } from "./attribute-condition.ts";
import { clampUint64, quote } from "./sql.ts";
import type { TraceQuery } from "./trace-reader.ts";
import { verdictCondition } from "./verdict-condition.ts";

/** Nanoseconds, exact up to 2^64-1 (duration_nano is modulo 2^64); a span that ends before it starts has no length. */
export const LENGTH: string =
  "if(start_unix_nano + toUInt64(duration_nano) < start_unix_nano, 0, toUInt64(duration_nano))";

/** All that must hold on a row of spans, the tenant first. */
export function spanConditions(query: Omit<TraceQuery, "limit" | "after">): string[] {
  const where = ["tenant = ''"];
  if (query.service !== undefined) where.push(`service = ${quote(query.service)}`);
  if (query.operation !== undefined) where.push(`name = ${quote(query.operation)}`);
  if (query.startMinUnixNano !== undefined) {
    where.push(`start_unix_nano >= ${clampUint64(query.startMinUnixNano)}`);
  }
  if (query.startMaxUnixNano !== undefined) {
    where.push(`start_unix_nano <= ${clampUint64(query.startMaxUnixNano)}`);
  }
  if (query.durationMinNanos !== undefined) {
    where.push(`${LENGTH} >= ${wholeNanos(Math.ceil(query.durationMinNanos))}`);
  }
  if (query.durationMaxNanos !== undefined) {
    where.push(`${LENGTH} <= ${wholeNanos(Math.floor(query.durationMaxNanos))}`);
  }
  for (const filter of query.attributes ?? []) where.push(attributeCondition(filter));
  if (query.verdict !== undefined) where.push(verdictCondition(query.verdict));
  return where;
}

function wholeNanos(nanos: number): bigint {
  return clampUint64(BigInt(Math.min(nanos, 2 ** 64)));
}
