// Moments as people write them, to the nanosecond: 2026-11-22T10:00:00Z, 2026-11-22T10:00:00.123456789+02:00.
// https://www.rfc-editor.org/rfc/rfc3339#section-5.6

import type { UnixNanos } from "./span.ts";

const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;

/** undefined: not a moment, or one outside 1970 to 2554, when no span can be. */
export function parseRfc3339(text: string): UnixNanos | undefined {
  const [, date = "", time = "", fraction = "", zone = ""] = DATE_TIME.exec(text) ?? [];
  const wall = Date.parse(`${date}T${time}Z`);
  const moment = Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  // Dates that no calendar has, such as the 30th of February, run over into the next month.
  if (Number.isNaN(moment) || !new Date(wall).toISOString().startsWith(`${date}T${time}`)) {
    return undefined;
  }
  const nanos = BigInt(moment) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
  return nanos >= 0n && nanos < 2n ** 64n ? nanos : undefined;
}
