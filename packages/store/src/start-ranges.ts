// When spans start, as a condition that the table's order helps with.

import type { TimeRange } from "./cohort-reader.ts";
import { START_STEP_NANOS } from "./schema.ts";
import { clampUint64 } from "./sql.ts";

/** The step is what the table is ordered by; the engine does not find it in a condition on the time itself. */
export function startsIn(ranges: readonly TimeRange[], marginNanos: bigint): string {
  const alternatives = ranges.map(({ fromUnixNano, toUnixNano }) => {
    const from = clampUint64(fromUnixNano - marginNanos);
    const to = clampUint64(toUnixNano + marginNanos);
    return (
      `intDiv(start_unix_nano, ${START_STEP_NANOS}) between ${from / START_STEP_NANOS} and ${to / START_STEP_NANOS}` +
      ` and start_unix_nano >= ${from} and start_unix_nano < ${to}`
    );
  });
  return `(${alternatives.join(" or ")})`;
}
