// npm run bench:diagnosis [-- --quick]
// Every fault of the shop, over several seeds, against a running Culprit: precision and recall of each kind of finding
// and the first suspect of explain, from what the shop says is true. Ends with 1 when a bar is missed.

import { mkdtemp, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { doorFlags } from "@culprit/server";
import {
  findingKinds,
  healthyScenario,
  type Scenario,
  scenarioOf,
  whyUnsupported,
} from "@culprit/shop";
import { startCulprit } from "../scripts/demo/culprit-process.ts";
import { stopRequested } from "../scripts/stop-requested.ts";
import { CulpritClient } from "./diagnosis/culprit-client.ts";
import type { ScenarioRun } from "./diagnosis/judged-order.ts";
import { hasUsualShop, Lane } from "./diagnosis/lane.ts";
import { type BenchOptions, readOptions, usage } from "./diagnosis/options.ts";
import {
  differenceLines,
  explainTable,
  formatLoad,
  namesFirst,
  scoreTable,
  sentLine,
} from "./diagnosis/report.ts";
import { judgeScenario, type SentScenario, sendScenario } from "./diagnosis/run-scenario.ts";
import { scoresOf } from "./diagnosis/scores.ts";
import { Turns } from "./diagnosis/turns.ts";

const root = join(import.meta.dirname, "..");
const bar = 0.95;
/** Of Culprit: orders go first, so that it takes no processor from what it is to judge. */
const niceness = 10;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") {
    console.log(usage);
    return 0;
  }
  const unsupported = whyUnsupported();
  if (unsupported !== undefined) throw new Error(unsupported);
  const startedMs = performance.now();
  console.log(
    `${cpus().length} x ${cpus()[0]?.model ?? "processor"}, ${Math.round(totalmem() / 2 ** 30)} GiB, ` +
      `Node ${process.version}; ${options.seeds} seeds of ${options.orders} orders, ${options.lanes} shops at a time; load before ${formatLoad()}`,
  );
  if ((loadavg()[0] ?? 0) > cpus().length / 2) {
    console.log(
      "The machine is busy: requests that wait for a processor are told as waits, and rightly.",
    );
  }
  const abort = new AbortController();
  void stopRequested().then(() => abort.abort());
  const runs = await runAll(options, abort);
  const met = report(runs);
  console.log(`\n${((performance.now() - startedMs) / 60_000).toFixed(1)} minutes`);
  return met ? 0 : 1;
}

async function runAll(options: BenchOptions, abort: AbortController): Promise<ScenarioRun[]> {
  const waiting = options.scenarios.map(scenarioOf).toSorted((a, b) => rankOf(a) - rankOf(b));
  const runs: ScenarioRun[] = [];
  const turns = new Turns();
  const runLane = async (): Promise<void> => {
    const data = await mkdtemp(join(tmpdir(), "culprit-diagnosis-"));
    const ports = doorFlags({ query: 0, "otlp-http": 0 });
    const { signal } = abort;
    const process = await startCulprit(root, ["--data", data, ...ports], signal, { niceness });
    const culprit = new CulpritClient(`http://${process.doors.query}`);
    const otlpEndpoint = `http://${process.doors["otlp-http"]}`;
    const lane = new Lane({ culprit, otlpEndpoint, options, turns, signal });
    const sent: SentScenario[] = [];
    try {
      try {
        for (;;) {
          const scenario = waiting.shift();
          if (scenario === undefined || signal.aborted) break;
          const next = await sendScenario(scenario, lane);
          console.log(sentLine(next));
          sent.push(next);
        }
      } finally {
        await lane.stop();
      }
      await culprit.caughtUp(lane.orderCount);
      for (const each of sent) runs.push(await judgeScenario(each, culprit));
    } catch (error) {
      abort.abort();
      throw error;
    } finally {
      await process.stop();
      await rm(data, { recursive: true, force: true });
    }
  };
  const lanes = Array.from({ length: Math.min(options.lanes, waiting.length) }, runLane);
  const failed = (await Promise.allSettled(lanes)).find((lane) => lane.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  if (abort.signal.aborted) throw new Error("stopped");
  return runs;
}

/** Those that take long first, so that lanes end together; then those that need a shop of their own. */
function rankOf(scenario: Scenario): number {
  const { name, maxOrdersPerSecond, restartsBefore } = scenario;
  if (name === healthyScenario || maxOrdersPerSecond !== undefined) return 0;
  if (restartsBefore !== undefined) return 0;
  return hasUsualShop(scenario) ? 2 : 1;
}

/** Whether every bar is met. */
function report(runs: readonly ScenarioRun[]): boolean {
  const { scores, wrong, missed } = scoresOf(
    runs.flatMap((run) => run.orders),
    findingKinds,
  );
  const surprises = runs.flatMap((run) => run.surprises);
  const explained = runs.flatMap((run) => run.explained);
  console.log(`\n${scoreTable(scores)}\n`);
  for (const line of [...differenceLines("false", wrong), ...differenceLines("missed", missed)]) {
    console.log(line);
  }
  for (const line of surprises) console.log(`not as drawn: ${line}`);
  const top1 = explained.filter(namesFirst).length / explained.length;
  if (explained.length > 0) {
    console.log(`\n${explainTable(explained)}\nexplain, top-1: ${top1.toFixed(3)}`);
  }
  const low = (share: number | undefined): boolean => share !== undefined && share < bar;
  const bars: [string, boolean][] = [
    ...scores.map(({ kind, precision, recall }): [string, boolean] => [
      `${kind}: precision and recall of ${bar}`,
      !low(precision) && !low(recall),
    ]),
    [
      "healthy orders: nothing found",
      wrong.every(({ order }) => order.truth.scenario !== "healthy"),
    ],
    ["answers as drawn", surprises.length === 0],
    [`explain: the culprit first in ${bar}`, explained.length === 0 || top1 >= bar],
  ];
  const lost = bars.filter(([, met]) => !met);
  console.log(lost.length === 0 ? "\nevery bar is met" : "\nbars missed:");
  for (const [what] of lost) console.log(`  ${what}`);
  return lost.length === 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  const usageError = error instanceof TypeError;
  console.error(
    `${error instanceof Error ? error.message : error}${usageError ? `\n\n${usage}` : ""}`,
  );
  process.exitCode = usageError ? 2 : 1;
}
