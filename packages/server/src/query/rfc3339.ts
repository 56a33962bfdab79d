import type { UnixNanos } from "@culprit/trace-model";

/** To the nanosecond, with a zone; undefined when it is not such a time between 1970 and 2554. */
export function parseRfc3339(text: string): UnixNanos | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/.exec(
    text,
  );
  if (match === null) return undefined;
  const [, day = "", time = "", fraction = "", zone = ""] = match;
  const seconds = Date.parse(`${day}T${time}${zone.toUpperCase()}`) / 1000;
  // 31 February is a date to Date.parse, but not the same one.
  if (Number.isNaN(seconds) || !new Date(`${day}T${time}Z`).toISOString().startsWith(day)) {
    return undefined;
  }
  const nanos = BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"));
  return nanos >= 0n && nanos < 2n ** 64n ? nanos : undefined;
}
