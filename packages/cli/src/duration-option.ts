import { UsageError } from "./cli-error.ts";

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** "36h", "7d", "2w" in milliseconds; "off" is undefined. */
export function parseRetention(text: string): number | undefined {
  if (text === "off") return undefined;
  const ms = durationMs(text);
  if (ms <= 0)
    throw new UsageError(`--retention takes a duration such as 36h or 7d, or off; not "${text}"`);
  return ms;
}

/** Shorter, and the spans of one trace, which come from several exporters, would be judged one by one. */
const SHORTEST_QUIET_MS = 1_000;

/** "10s" in milliseconds; "off" is undefined. */
export function parseVerdictAfter(text: string): number | undefined {
  if (text === "off") return undefined;
  const ms = durationMs(text);
  if (ms < SHORTEST_QUIET_MS)
    throw new UsageError(
      `--verdict-after takes a duration of 1s or more such as 10s, or off; not "${text}"`,
    );
  return ms;
}

function durationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text);
  return Number(match?.[1] ?? 0) * (UNIT_MS[match?.[2] ?? ""] ?? 0);
}
