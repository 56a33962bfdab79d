// What sums over stored verdicts have in common: which rows of a window count, each trace once, and how far the judge is.

import type { UnixNanos } from "@culprit/trace-model";
import type { TimeRange } from "./cohort-reader.ts";
import type { Engine } from "./engine.ts";
import { selectRows } from "./native-rows.ts";
import { clampUint64 } from "./sql.ts";

const DAY_NANOS = 86_400_000_000_000n;

/** On rows of verdicts: that the root starts in the window. */
export function inWindow({ fromUnixNano, toUnixNano }: TimeRange): string[] {
  return [
    "tenant = ''",
    `start_unix_nano >= ${clampUint64(fromUnixNano)}`,
    `start_unix_nano < ${clampUint64(toUnixNano)}`,
  ];
}

/** On spans: those of a trace whose root starts in the window do not lie further away. */
export function around({ fromUnixNano, toUnixNano }: TimeRange): string[] {
  return [
    `start_unix_nano >= ${clampUint64(fromUnixNano - DAY_NANOS)}`,
    `start_unix_nano < ${clampUint64(toUnixNano + DAY_NANOS)}`,
  ];
}

/** 0 where there is none. */
export async function latest(
  engine: Engine,
  column: string,
  table: "spans" | "verdict_progress",
): Promise<UnixNanos> {
  const [row] = await selectRows(engine, `select max(${column}) as latest from culprit.${table}`);
  return BigInt(row?.["latest"] ?? 0);
}

/** A from clause with each trace once. A crash while verdicts are written may leave some twice, which is seldom. */
export async function verdictRows(engine: Engine, where: string): Promise<string> {
  // Half of an id is a number, which is counted twice as fast; the last half, since ids of 64 bits begin with zeros. Two
  // traces with the same half only cost the slower way.
  const [row] = await selectRows(
    engine,
    `select count() as rows, uniqExact(reinterpretAsUInt64(reverse(trace_id))) as halves
     from culprit.verdicts where ${where}`,
  );
  const isOnce = row?.["rows"] === row?.["halves"];
  return isOnce
    ? `culprit.verdicts where ${where}`
    : `(select * from culprit.verdicts where ${where} limit 1 by trace_id)`;
}
