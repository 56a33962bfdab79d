// node bench/rca.ts FOLDER: does explain name the service that a fault was injected into?
// FOLDER holds days of labelled incidents. Each is imported by the command into a fresh database, and each case is asked
// the way POST /api/culprit/explain asks it. Ends with 1 where more than one gated case of a day is not answered first.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Explanation } from "@culprit/api";
import { explainTraces, parseExplainRequest } from "@culprit/server";
import { openEmbeddedStore } from "@culprit/store";
import { writeOtlpLines } from "./rca-day.ts";

interface LabelledCase {
  readonly id: string;
  readonly baseline: readonly (readonly [from: string, to: string])[];
  readonly incident: readonly [from: string, to: string];
  readonly fault: string;
  readonly service: string;
  /** Faults that traces can show; the others are reported and not counted against us. */
  readonly gate: boolean;
}

interface Outcome {
  readonly labelled: LabelledCase;
  /** From 1; 0 when the service is not among the suspects. */
  readonly rank: number;
}

/** Gated cases of a day. */
const MAX_MISSED = 1;

const COMMAND = join(import.meta.dirname, "../packages/cli/bin/culprit.js");

async function judgeDay(dayFolder: string): Promise<Outcome[]> {
  const folder = mkdtempSync(join(tmpdir(), "culprit-rca-"));
  try {
    const lines = join(folder, "day.jsonl");
    const data = join(folder, "data");
    await writeOtlpLines(dayFolder, lines);
    const imported = spawnSync(process.execPath, [COMMAND, "import", lines, "--data", data], {
      encoding: "utf8",
    });
    if (imported.status !== 0) throw new Error(`the import failed: ${imported.stderr}`);
    console.log(imported.stderr.trim().split("\n").at(-1));
    return await judgeCases(dayFolder, data);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function judgeCases(dayFolder: string, data: string): Promise<Outcome[]> {
  const cases: readonly LabelledCase[] = JSON.parse(
    readFileSync(join(dayFolder, "cases.json"), "utf8"),
  );
  const store = await openEmbeddedStore(data);
  const outcomes: Outcome[] = [];
  try {
    printRow("case", "fault", "gate", "service", "first suspect", "top-1", "top-3", "traces", "ms");
    for (const labelled of cases) {
      const window = ([from, to]: readonly [string, string]) => ({ from, to });
      const question = parseExplainRequest({
        baseline: labelled.baseline.map(window),
        incident: window(labelled.incident),
      });
      const started = performance.now();
      const explanation = await explainTraces(store.cohorts, question);
      const tookMs = performance.now() - started;
      const rank = rankOf(explanation, labelled.service);
      outcomes.push({ labelled, rank });
      printRow(
        labelled.id,
        labelled.fault,
        labelled.gate ? "yes" : "",
        labelled.service,
        explanation.suspects[0]?.service ?? "nobody",
        rank === 1 ? "yes" : "no",
        rank >= 1 && rank <= 3 ? "yes" : "no",
        `${explanation.baseline.traceCount}/${explanation.incident.traceCount}`,
        tookMs.toFixed(0),
      );
    }
  } finally {
    await store.close();
  }
  return outcomes;
}

function rankOf(explanation: Explanation, service: string): number {
  return explanation.suspects.findIndex((suspect) => suspect.service === service) + 1;
}

const WIDTHS = [20, 16, 5, 30, 30, 6, 6, 10, 5];

function printRow(...cells: readonly string[]): void {
  console.log(
    cells
      .map((cell, i) => cell.padEnd(WIDTHS[i] ?? 0))
      .join(" ")
      .trimEnd(),
  );
}

function printTotals(name: string, outcomes: readonly Outcome[]): void {
  for (const [title, of] of [
    ["gated", outcomes.filter(({ labelled }) => labelled.gate)],
    ["all", outcomes],
  ] as const) {
    const within = (limit: number): number =>
      of.filter(({ rank }) => rank >= 1 && rank <= limit).length;
    console.log(
      `${name} ${title}: top-1 ${within(1)} of ${of.length}, top-3 ${within(3)} of ${of.length}`,
    );
  }
}

const folder = resolve(process.argv[2] ?? "../shared/rca");
const days = existsSync(folder)
  ? readdirSync(folder).filter((name) => existsSync(join(folder, name, "cases.json")))
  : [];
if (days.length === 0) {
  console.error(`${folder} holds no day with a cases.json`);
  process.exit(2);
}
for (const day of days.sort()) {
  console.log(`\n${day}`);
  const outcomes = await judgeDay(join(folder, day));
  printTotals(day, outcomes);
  const missed = outcomes.filter(({ labelled, rank }) => labelled.gate && rank !== 1).length;
  if (missed > MAX_MISSED) process.exitCode = 1;
}
