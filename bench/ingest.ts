// npm run bench:ingest [-- --seconds 60]
// Everything in one run on one machine, so that the ratios mean something: E, what the engine alone takes in; W, spans
// acked durable a second end to end (OTLP/HTTP protobuf, 512 spans a request, loader and server on the same cores), at
// 64 and 256 connections, without stored verdicts and with them, in turns; then half of that, to see whether verdicts
// keep up. Ends with 1 when a bar is missed: with verdicts 90 % of W, at half of it a lag of 10 s, and five minutes after
// each load a verdict for every trace, counted in the database.

import { execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Status } from "@culprit/api";
import { openEmbeddedEngine } from "../packages/store/src/embedded-engine.ts";
import { selectRows } from "../packages/store/src/native-rows.ts";
import {
  type BenchServer,
  cpuSeconds,
  peakMegabytes,
  startBenchServer,
  stop,
} from "./bench-server.ts";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" } } });
const seconds = Number(values.seconds);
const root = join(import.meta.dirname, "..");

const MAX_LAG_SECONDS = 10;
const MIN_RATIO = 0.9;
const CATCH_UP_MS = 300_000;
/** A server that is told its load before its code is compiled and its first parts are merged starts with a lag. */
const WARM_UP_MS = Math.min(10_000, seconds * 250);

interface EngineFigures {
  spansPerSecond: number;
  spansPerCoreSecond: number;
  activeParts: number;
  peakMegabytes: number;
}

interface LoadFigures {
  spansPerSecond: number;
  ackedSpans: number;
  refused: number;
  cpuSeconds: number;
}

const thousands = (value: number): string => Math.round(value).toLocaleString("en-US");

console.log(
  `${cpus().length} x ${cpus()[0]?.model ?? "processor"}, ${Math.round(totalmem() / 2 ** 30)} GiB, ` +
    `Node ${process.version}, ${seconds} s each`,
);
const engine = json<EngineFigures>(
  execFileSync(process.execPath, [join(root, "bench/ingest-engine.ts"), String(seconds)], {
    encoding: "utf8",
  }),
);
console.log(
  `E    engine alone, blocks of 100 k    ${thousands(engine.spansPerSecond)} spans/s, ` +
    `${thousands(engine.spansPerCoreSecond)} a core-second, ${engine.activeParts} active parts, ` +
    `peak ${engine.peakMegabytes} MB`,
);
const missed: string[] = [];
for (const connections of [64, 256]) {
  const without = await measure({ connections, verdicts: false });
  const withVerdicts = await measure({ connections, verdicts: true });
  const ratio = withVerdicts / without;
  console.log(`     with verdicts / without: ${ratio.toFixed(3)}`);
  if (ratio < MIN_RATIO) missed.push(`with verdicts ${ratio.toFixed(3)} of W at ${connections}`);
  await measure({ connections, verdicts: true, spansPerSecond: withVerdicts / 2 });
}
for (const bar of missed) console.log(`MISSED ${bar}`);
process.exitCode = missed.length === 0 ? 0 : 1;

interface Run {
  readonly connections: number;
  readonly verdicts: boolean;
  /** Absent: as many as are taken. */
  readonly spansPerSecond?: number;
}

async function measure({ connections, verdicts, spansPerSecond }: Run): Promise<number> {
  const data = await mkdtemp(join(tmpdir(), "culprit-bench-"));
  const server = await startBenchServer(data, verdicts ? "10s" : "off");
  try {
    const before = cpuSeconds(server.process);
    const rate = spansPerSecond === undefined ? [] : [String(spansPerSecond)];
    const loading = output([
      join(root, "bench/ingest-loader.ts"),
      server.otlpHttp,
      String(connections),
      String(seconds),
      ...rate,
    ]);
    const lag = await worstLag(server, loading);
    const load = json<LoadFigures>(await loading);
    const cpu = cpuSeconds(server.process) - before;
    const peak = peakMegabytes(server.process);
    const metrics = await (await fetch(`http://127.0.0.1:${server.query}/metrics`)).text();
    const metric = (name: string): number =>
      Number(new RegExp(`^${name} (\\S+)$`, "m").exec(metrics)?.[1] ?? Number.NaN);
    const commits = metric("culprit_commit_seconds_count");
    const what = spansPerSecond === undefined ? "W   " : "W/2 ";
    console.log(
      [
        `${what} ${String(connections).padStart(3)} connections, verdicts ${verdicts ? "on " : "off"}   ${thousands(load.spansPerSecond)} spans/s acked durable`,
        `W/E  ${(load.spansPerSecond / engine.spansPerSecond).toFixed(3)}`,
        `     server ${((cpu * 1e6) / load.ackedSpans).toFixed(2)} us of processor a span, loader ${((load.cpuSeconds * 1e6) / load.ackedSpans).toFixed(2)}; ${load.refused} requests refused`,
        `     peak memory ${peak} MB, active parts ${metric("culprit_engine_active_parts")}, ${(metric("culprit_engine_file_syncs_total") / commits).toFixed(1)} fsyncs a commit, ${thousands(metric("culprit_block_spans_sum") / commits)} spans a commit`,
      ].join("\n"),
    );
    if (verdicts) {
      await reportVerdicts(
        server,
        data,
        lag,
        spansPerSecond === undefined ? undefined : connections,
      );
    }
    return load.spansPerSecond;
  } finally {
    await stop(server.process);
    await rm(data, { recursive: true, force: true });
  }
}

async function reportVerdicts(
  server: BenchServer,
  data: string,
  lagSeconds: number,
  keepsUpAt: number | undefined,
): Promise<void> {
  const { judgedSpans } = (await statusOf(server)).verdicts;
  const catchUpMs = await caughtUpAfterMs(server);
  const peak = peakMegabytes(server.process);
  await stop(server.process);
  const { traces, judged } = await countTraces(data);
  console.log(
    `     verdicts: worst lag ${lagSeconds.toFixed(1)} s, ${thousands(judgedSpans)} spans judged under load, ` +
      `caught up ${(catchUpMs / 1000).toFixed(0)} s after it, peak ${peak} MB; ` +
      `${thousands(traces)} traces, ${thousands(judged)} with a verdict`,
  );
  if (judged !== traces) missed.push(`${traces - judged} of ${traces} traces without a verdict`);
  if (keepsUpAt !== undefined && lagSeconds > MAX_LAG_SECONDS) {
    missed.push(`lag of ${lagSeconds.toFixed(1)} s at half of W, ${keepsUpAt} connections`);
  }
}

/** Once a second while the load goes on, the first seconds aside. */
async function worstLag(server: BenchServer, loading: Promise<string>): Promise<number> {
  const ended = loading.then(() => true);
  await sleep(WARM_UP_MS);
  let worst = 0;
  while (!(await Promise.race([ended, sleep(1000, false)]))) {
    worst = Math.max(worst, (await statusOf(server)).verdicts.lagNanos / 1e9);
  }
  return worst;
}

/** Until nothing waits any more, the last traces' quiet included. */
async function caughtUpAfterMs(server: BenchServer): Promise<number> {
  const started = performance.now();
  let judged = -1;
  for (let steadySince = started; ; ) {
    await sleep(1000);
    const { judgedSpans, lagNanos } = (await statusOf(server)).verdicts;
    const nowMs = performance.now();
    if (judgedSpans !== judged || lagNanos > 0) steadySince = nowMs;
    judged = judgedSpans;
    // Longer than the quiet of 10 s: whatever came last has been judged by then.
    if (nowMs - steadySince > 12_000) return steadySince - started;
    if (nowMs - started > CATCH_UP_MS) return nowMs - started;
  }
}

async function statusOf({ query }: BenchServer): Promise<Status> {
  return (await (await fetch(`http://127.0.0.1:${query}/api/culprit/status`)).json()) as Status;
}

async function countTraces(data: string): Promise<{ traces: number; judged: number }> {
  const database = await openEmbeddedEngine(data);
  try {
    const count = async (from: string): Promise<number> => {
      const sql = `select uniqExact(trace_id) as traces from culprit.${from}`;
      return Number((await selectRows(database, sql))[0]?.["traces"]);
    };
    return {
      traces: await count("spans"),
      judged: await count("verdicts where not_judged = ''"),
    };
  } finally {
    await database.close();
  }
}

async function output(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  for await (const chunk of child.stdout) text += chunk;
  return text;
}

function json<T>(text: string): T {
  return JSON.parse(text) as T;
}
