// A profile as text for a terminal: for each band who held the critical path.

import type { Profile, ProfileBand, ProfileOperation } from "@culprit/api";
import { formatNanos, formatShare } from "../format.ts";
import { sharesOf } from "./profile-sums.ts";

export interface ProfileReportOptions {
  readonly colour: boolean;
}

/** Operations listed in a band; the document has all of them. */
const MAX_LINES = 15;
const BAR_WIDTH = 20;

/** Ends with a line feed. */
export function renderProfile(profile: Profile, { colour }: ProfileReportOptions): string {
  const bold = (text: string): string => (colour ? `\u001b[1m${text}\u001b[22m` : text);
  const { from, to } = profile.window;
  const head = [`${bold("Profile")} of ${counted(profile.traceCount)}, ${from} to ${to}`];
  const parts = [[...head, ...profile.warnings.map(printable)]];
  if (profile.traceCount > 0) {
    parts.push([bold("All traces"), ...lines(together(profile.bands), profile.traceCount)]);
    for (const band of profile.bands) {
      if (band.traceCount === 0) continue;
      const title = `${bold(`p${band.from} to p${band.to}`)}: ${counted(band.traceCount)}${span(band)}`;
      parts.push([title, ...lines(band.operations, band.traceCount)]);
    }
  }
  return `${parts.map((part) => part.join("\n")).join("\n\n")}\n`;
}

function counted(count: number): string {
  return `${count} ${count === 1 ? "trace" : "traces"}`;
}

function span({ shortestNanos, longestNanos }: ProfileBand): string {
  if (shortestNanos === null || longestNanos === null) return "";
  return shortestNanos === longestNanos
    ? ` of ${formatNanos(shortestNanos)}`
    : ` of ${formatNanos(shortestNanos)} to ${formatNanos(longestNanos)}`;
}

function together(bands: readonly ProfileBand[]): ProfileOperation[] {
  const sums = new Map<string, { service: string; operation: string; nanos: number }>();
  for (const { operations } of bands) {
    for (const { service, operation, criticalPathNanos } of operations) {
      const key = `${service}\0${operation}`;
      const nanos = (sums.get(key)?.nanos ?? 0) + criticalPathNanos;
      sums.set(key, { service, operation, nanos });
    }
  }
  return sharesOf([...sums.values()]);
}

function lines(operations: readonly ProfileOperation[], traceCount: number): string[] {
  const shown = operations.slice(0, MAX_LINES);
  const text = shown.map(({ service, operation, criticalPathNanos, share }) => {
    const filled = Math.round(share * BAR_WIDTH);
    const bar = "#".repeat(filled) + ".".repeat(BAR_WIDTH - filled);
    const mean = `${formatNanos(criticalPathNanos / traceCount)} a trace`.padStart(17);
    const percent = formatShare(share).padStart(5);
    return `  ${percent}  ${bar} ${mean}  ${printable(`${service} / ${operation}`)}`;
  });
  const rest = operations.length - shown.length;
  return rest > 0 ? [...text, `  and ${rest} more`] : text;
}

/** Names come from anywhere: control characters must not reach the terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}
