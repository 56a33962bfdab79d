// A verdict as text for a terminal: total, services, bottleneck, errors, findings with recommendations. Colour only
// underlines what the words say.

import type { Finding, Verdict, VerdictError } from "@culprit/api";
import { excerpt, formatNanos, formatShare } from "./format.ts";

export interface ReportOptions {
  readonly colour: boolean;
}

interface Paint {
  readonly bold: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly dim: (text: string) => string;
}

const PLAIN: Paint = {
  bold: (text) => text,
  red: (text) => text,
  yellow: (text) => text,
  dim: (text) => text,
};

/** https://en.wikipedia.org/wiki/ANSI_escape_code#Select_Graphic_Rendition_parameters */
function sgr(on: number, off: number): (text: string) => string {
  return (text) => `\u001b[${on}m${text}\u001b[${off}m`;
}

const COLOUR: Paint = { bold: sgr(1, 22), red: sgr(31, 39), yellow: sgr(33, 39), dim: sgr(2, 22) };

/** Services and errors listed; the document has all of them. */
const MAX_LINES = 20;
const BAR_WIDTH = 20;
const MESSAGE_EXCERPT = 120;

/** Ends with a line feed. */
export function renderVerdict(verdict: Verdict, { colour }: ReportOptions): string {
  const paint = colour ? COLOUR : PLAIN;
  const parts = [
    head(verdict, paint),
    services(verdict, paint),
    bottleneck(verdict, paint),
    errors(verdict, paint),
    findings(verdict, paint),
    section("Warnings", verdict.warnings.map(printable), paint),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function section(title: string, lines: readonly string[], paint: Paint): string[] {
  if (lines.length === 0) return [];
  return [paint.bold(title), ...lines.map((line) => `  ${line}`)];
}

/** Names and messages come from anywhere: control characters must not reach the terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function head(verdict: Verdict, paint: Paint): string[] {
  const { root } = verdict;
  const spans = `${counted(verdict.spanCount, "span")}, ${counted(verdict.serviceCount, "service")}, ${verdict.errorSpanCount} with status ERROR`;
  return [
    `${paint.bold("Trace")} ${verdict.traceId}  ${printable(`${root.service} / ${root.operation}`)}`,
    `${paint.bold("Total duration")} ${formatNanos(verdict.durationNanos)}  ${paint.dim(`(${spans})`)}`,
    "",
    printable(verdict.summary),
  ];
}

function services(verdict: Verdict, paint: Paint): string[] {
  const shown = verdict.services.slice(0, MAX_LINES);
  const width = Math.max(...shown.map(({ service }) => printable(service).length));
  const lines = shown.map(({ service, criticalPathNanos, criticalPathShare, errorSpanCount }) => {
    const filled = Math.round(criticalPathShare * BAR_WIDTH);
    const bar = "#".repeat(filled) + ".".repeat(BAR_WIDTH - filled);
    const failed = errorSpanCount === 0 ? "" : paint.red(`  ${errorSpanCount} with status ERROR`);
    const time = formatNanos(criticalPathNanos).padStart(9);
    const share = formatShare(criticalPathShare).padStart(5);
    return `${printable(service).padEnd(width)} ${time} ${share}  ${paint.dim(bar)}${failed}`;
  });
  return section("Time on the critical path by service", withRest(lines, verdict.services), paint);
}

function withRest(lines: readonly string[], all: readonly unknown[]): string[] {
  const rest = all.length - lines.length;
  return rest > 0 ? [...lines, `and ${rest} more`] : [...lines];
}

function bottleneck({ bottleneck: found, findings: all }: Verdict, paint: Paint): string[] {
  if (found === null) {
    return section("Bottleneck", ["none: no service held more than its share"], paint);
  }
  const { service, operation, criticalPathNanos, criticalPathShare, operationNanos } = found;
  const lines = [
    paint.yellow(printable(`${service} / ${operation}`)),
    printable(
      `impact: ${service} held ${formatNanos(criticalPathNanos)} (${formatShare(criticalPathShare)}), this operation ${formatNanos(operationNanos)}`,
    ),
  ];
  const saving = all.find(({ kind }) => kind === "bottleneck")?.savingNanos;
  if (typeof saving === "number") lines.push(`may save at most ${formatNanos(saving)}`);
  return section("Bottleneck", lines, paint);
}

function errors(verdict: Verdict, paint: Paint): string[] {
  if (verdict.errors.length === 0) return section("Errors", ["none"], paint);
  const lines = verdict.errors.slice(0, MAX_LINES).flatMap((error) => errorLines(error, paint));
  const rest = verdict.errors.length - MAX_LINES;
  if (rest > 0) lines.push(`and ${rest} more`);
  return section("Errors", lines, paint);
}

function errorLines(error: VerdictError, paint: Paint): string[] {
  const message = error.message === "" ? "" : `: ${excerpt(error.message, MESSAGE_EXCERPT)}`;
  const lines = [
    paint.red(printable(`${error.service} / ${error.operation}  ${error.type}${message}`)),
  ];
  const failed = error.propagatedTo.length;
  if (failed > 0) lines.push(`  ${failed} ${failed === 1 ? "caller" : "callers"} failed with it`);
  if (error.swallowedBy !== null) lines.push(`  swallowed by span ${error.swallowedBy}`);
  if (!error.marked) lines.push("  its span is not marked as an error");
  return lines;
}

function findings(verdict: Verdict, paint: Paint): string[] {
  return section(
    "Findings and recommendations",
    verdict.findings.flatMap((finding) => findingLines(finding, paint)),
    paint,
  );
}

function findingLines(finding: Finding, paint: Paint): string[] {
  const { savingNanos } = finding;
  const saving =
    savingNanos === null || savingNanos === 0
      ? ""
      : ` This may save at most ${formatNanos(savingNanos)}.`;
  return [
    `${paint.yellow(finding.kind)}: ${printable(finding.evidence)}`,
    `  -> ${printable(finding.recommendation)}${saving}`,
  ];
}
