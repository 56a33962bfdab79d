// Round times along the axis, written as durations are everywhere else.

import type { TimeWindow } from "./time-window.ts";

export interface Tick {
  readonly at: number;
  readonly label: string;
}

const SECOND = 1e9;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
// Steps from a minute's parts to a day; below and above it is 1, 2 or 5 times a power of ten of one unit.
const CLOCK_STEPS: readonly number[] = [
  ...[10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12, 24].map((hours) => hours * HOUR),
];

/** Round times in the window, at most `most` of them. */
export function ticks(window: TimeWindow, most: number): Tick[] {
  const step = stepOf(window, most);
  const label = labelOf(window, step);
  const result: Tick[] = [];
  const first = Math.ceil(window.start / step);
  for (let i = first; i * step <= window.end; i++) {
    result.push({ at: i * step, label: i === 0 ? "0" : label(i * step) });
  }
  return result;
}

// 11.5 px digits are 6.4 px wide; a label has 5 px before it and needs some air.
const LABEL_CHARACTER_PX = 6.6;
const LABEL_AIR_PX = 18;

/** As many ticks as fit with room for their labels. */
export function ticksThatFit(window: TimeWindow, widthPx: number): Tick[] {
  const width = window.end - window.start;
  const roomy = (marks: readonly Tick[]): boolean => {
    const longest = Math.max(0, ...marks.map(({ label }) => label.length));
    const [first, second] = marks;
    if (first === undefined || second === undefined) return true;
    const gapPx = ((second.at - first.at) / width) * widthPx;
    return gapPx >= longest * LABEL_CHARACTER_PX + LABEL_AIR_PX;
  };
  // A label is at least as wide as "10 ms" with air.
  let most = Math.max(2, Math.floor(widthPx / 88));
  let marks = ticks(window, most);
  while (most > 1 && !roomy(marks)) marks = ticks(window, --most);
  return marks;
}

function isLong(window: TimeWindow): boolean {
  return window.end >= 59.995 * SECOND;
}

function stepOf(window: TimeWindow, most: number): number {
  const least = (window.end - window.start) / Math.max(most, 1);
  if (!isLong(window) || least <= 5 * SECOND) return decimalStep(least);
  return CLOCK_STEPS.find((step) => step >= least) ?? decimalStep(least / DAY) * DAY;
}

// 1, 2 or 5 times a power of ten, not below one.
function decimalStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
  for (const factor of [1, 2, 5]) if (factor * power >= least) return factor * power;
  return 10 * power;
}

function labelOf(window: TimeWindow, step: number): (nanos: number) => string {
  if (isLong(window)) return (nanos) => clockLabel(nanos, step);
  const [size, unit] = unitOf(Math.max(window.end, step));
  const digits = digitsOf(step / size);
  return (nanos) => `${(nanos / size).toFixed(digits)} ${unit}`;
}

function digitsOf(step: number): number {
  return Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
}

/** "2 h 05 min", down to the unit of the step: what follows is zero at every tick. */
function clockLabel(nanos: number, step: number): string {
  const days = nanos >= 2 * DAY ? Math.floor(nanos / DAY) : 0;
  const digits = digitsOf(step / SECOND);
  // In steps, so that no rounding carries into the next minute.
  const rest = nanos - days * DAY;
  const hours = Math.floor(rest / HOUR);
  const minutes = Math.floor((rest - hours * HOUR) / MINUTE);
  const seconds = (rest - hours * HOUR - minutes * MINUTE) / SECOND;
  const parts: readonly (readonly [value: number, text: string, unit: string, size: number])[] = [
    [days, String(days), "d", DAY],
    [hours, String(hours), "h", HOUR],
    [minutes, String(minutes), "min", MINUTE],
    [seconds, seconds.toFixed(digits), "s", SECOND],
  ];
  const from = parts.findIndex(([value]) => value > 0);
  let to = parts.findIndex(([, , , size]) => step % size === 0);
  if (to < 0) to = parts.length - 1;
  return parts
    .slice(from, Math.max(to, from) + 1)
    .map(([, text, unit], index) => `${index === 0 ? text : padded(text)} ${unit}`)
    .join(" ");
}

function padded(text: string): string {
  return /^\d(\.|$)/.test(text) ? `0${text}` : text;
}

function unitOf(nanos: number): readonly [size: number, unit: string] {
  if (nanos >= 1e9) return [1e9, "s"];
  if (nanos >= 1e6) return [1e6, "ms"];
  return nanos >= 1e3 ? [1e3, "µs"] : [1, "ns"];
}
