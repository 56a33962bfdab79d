// Figures as people read them.

import type { DurationNanos } from "@culprit/trace-model";

/** `3.00 s`, `650 ms`, `12.3 ms`, `518 µs`, `7 ns`: three digits or more. */
export function formatNanos(nanos: DurationNanos): string {
  if (nanos >= 999.5e6) return `${(nanos / 1e9).toFixed(2)} s`;
  if (nanos >= 999.5e3) return `${threeDigits(nanos / 1e6)} ms`;
  if (nanos >= 999.5) return `${threeDigits(nanos / 1e3)} µs`;
  return `${Math.round(nanos)} ns`;
}

function threeDigits(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

/** A limit is round and said without the zeros: `3 s`, `500 ms`. */
export function formatLimit(nanos: DurationNanos): string {
  if (nanos >= 1e9) return `${Number((nanos / 1e9).toFixed(3))} s`;
  return `${Number((nanos / 1e6).toFixed(3))} ms`;
}

export function formatShare(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** `a`, `a and b`, `a, b and c`. */
export function formatList(items: readonly string[]): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

/** On one line and not longer than `limit` characters. */
export function excerpt(text: string, limit: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= limit ? line : `${line.slice(0, limit - 1)}…`;
}
