import { loadavg } from "node:os";
import type { Difference, ExplainedRun } from "./judged-order.ts";
import type { SentScenario } from "./run-scenario.ts";
import type { Score } from "./scores.ts";

export function scoreTable(scores: readonly Score[]): string {
  const rows = scores.map(({ kind, right, wrong, missed, precision, recall }) => [
    kind,
    String(right + missed),
    String(right),
    String(wrong),
    String(missed),
    shareOf(precision),
    shareOf(recall),
  ]);
  return table([["kind", "expected", "found", "false", "missed", "precision", "recall"], ...rows]);
}

export function explainTable(runs: readonly ExplainedRun[]): string {
  const rows = [...Map.groupBy(runs, (run) => run.scenario)].map(([scenario, of]) => [
    scenario,
    of[0]?.culprit ?? "",
    `${of.filter(namesFirst).length} of ${of.length}`,
    [...new Set(of.map(firstSuspect))].join(", "),
    [...new Set(of.map(firstAttribute))].join(", "),
  ]);
  return table([["scenario", "culprit", "top-1", "named first", "first attribute"], ...rows]);
}

export function namesFirst({ culprit, explanation }: ExplainedRun): boolean {
  return explanation?.suspects[0]?.service === culprit;
}

function firstSuspect({ explanation, reason }: ExplainedRun): string {
  if (explanation === undefined) return reason ?? "no answer";
  const suspect = explanation.suspects[0];
  if (suspect === undefined) return "nobody";
  return `${suspect.service} / ${suspect.operation} (${suspect.kind})`;
}

function firstAttribute({ explanation }: ExplainedRun): string {
  const attribute = explanation?.attributes[0];
  return attribute === undefined ? "-" : `${attribute.key}=${attribute.value}`;
}

export function sentLine({ scenario, truths, surprises, seconds }: SentScenario): string {
  const faulty = truths.filter(({ service }) => service !== null).length;
  const odd = surprises.length === 0 ? "" : `, ${surprises.length} answers NOT as drawn`;
  return `${scenario.name}: ${truths.length} orders, ${faulty} of them faulty, ${seconds.toFixed(0)} s, load ${formatLoad()}${odd}`;
}

/** Of the last minute, the bench's own included: processes that ran or waited for a processor. */
export function formatLoad(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

export function differenceLines(what: string, differences: readonly Difference[]): string[] {
  const groups = Map.groupBy(
    differences,
    ({ kind, order }) => `${what} ${kind} in ${order.truth.scenario}`,
  );
  return [...groups].flatMap(([title, group]) => [
    `${title}: ${group.length}`,
    ...group.map(differenceLine),
  ]);
}

function differenceLine({ order, finding }: Difference): string {
  const { traceId, seed, index } = order.truth;
  const said =
    finding === undefined
      ? `verdict: ${order.summary} [${order.findings.map(({ kind }) => kind).join(", ")}]`
      : `${finding.service} / ${finding.operation}: ${finding.evidence}`;
  return `  trace ${traceId} seed ${seed} order ${index}: ${said}`;
}

function shareOf(share: number | undefined): string {
  return share === undefined ? "-" : share.toFixed(3);
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
