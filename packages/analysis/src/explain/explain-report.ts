// An explanation as text for a terminal: the paragraph first, then suspects, then attributes.

import type { AttributeDifference, Explanation, Suspect } from "@culprit/api";
import { excerpt, formatNanos, formatShare } from "../format.ts";
import type { ReportOptions } from "../report.ts";

/** Lines of attributes; the document has all of them. */
const MAX_ATTRIBUTES = 10;
const NAME_WIDTH = 40;
const VALUE_WIDTH = 50;

/** Ends with a line feed. */
export function renderExplanation(
  { suspects, chanceScore, attributes, summary }: Explanation,
  { colour }: ReportOptions,
): string {
  const bold = (text: string): string => (colour ? `\u001b[1m${text}\u001b[22m` : text);
  const parts = [printable(summary)];
  if (suspects.length > 0) {
    const lines = table(
      ["", "service", "operation", "kind", "score", "p50 before", "p50 now", "calls", "errors"],
      suspects.map(suspectCells),
    );
    const why = suspects.flatMap(({ rank, evidence, exampleTraceIds }) => [
      `  ${rank}. ${printable(evidence)}`,
      ...exampleTraceIds.slice(0, 1).map((id) => `     for example: culprit analyze ${id}`),
    ]);
    if (chanceScore > 0) lines.push(`  scores up to ${chanceScore.toPrecision(2)} may be chance`);
    parts.push([bold("Suspects"), ...lines, "", ...why].join("\n"));
  }
  if (attributes.length > 0) {
    const lines = table(
      ["attribute", "value", "incident", "baseline", "traces"],
      attributes.slice(0, MAX_ATTRIBUTES).map(attributeCells),
    );
    const rest = attributes.length - MAX_ATTRIBUTES;
    if (rest > 0) lines.push(`  and ${rest} more`);
    parts.push([bold("Attributes that tell the two groups apart"), ...lines].join("\n"));
  }
  return `${parts.join("\n\n")}\n`;
}

function suspectCells(suspect: Suspect): string[] {
  const { rank, service, operation, kind, score, baseline, incident } = suspect;
  return [
    `${rank}.`,
    excerpt(printable(service), NAME_WIDTH),
    excerpt(printable(operation), NAME_WIDTH),
    kind,
    score.toPrecision(2),
    baseline.count === 0 ? "-" : formatNanos(baseline.p50Nanos),
    incident.count === 0 ? "-" : formatNanos(incident.p50Nanos),
    `${baseline.count} / ${incident.count}`,
    `${formatShare(baseline.errorShare)} / ${formatShare(incident.errorShare)}`,
  ];
}

function attributeCells(difference: AttributeDifference): string[] {
  const { key, service } = difference;
  return [
    excerpt(printable(service === null ? key : `${key} of ${service}`), NAME_WIDTH),
    excerpt(printable(difference.value), VALUE_WIDTH),
    formatShare(difference.incidentShare),
    formatShare(difference.baselineShare),
    `${difference.incidentCount} / ${difference.baselineCount}`,
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  return all.map((row) =>
    `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")}`.trimEnd(),
  );
}

/** Names come from anywhere: control characters must not reach the terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}
