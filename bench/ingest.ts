// npm run bench:ingest [-- --seconds 60]
// Everything in one run on one machine, so that the ratios mean something: E, what the engine alone takes in; W, spans
// acked durable a second end to end (OTLP/HTTP protobuf, 512 spans a request, loader and server on the same cores), at
// 64 and 256 connections; W/E. Linux and macOS; memory and processor time are read from the process table.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" } } });
const seconds = Number(values.seconds);
const root = join(import.meta.dirname, "..");

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
for (const connections of [64, 256]) await measure(connections);

async function measure(connections: number): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), "culprit-bench-"));
  const server = spawn(process.execPath, [...serveArguments(data)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const ports = await readyPorts(server);
    const before = cpuSeconds(server);
    const load = json<LoadFigures>(
      await output([
        join(root, "bench/ingest-loader.ts"),
        ports.otlpHttp,
        String(connections),
        String(seconds),
      ]),
    );
    const cpu = cpuSeconds(server) - before;
    const peak = peakMegabytes(server);
    const metrics = await (await fetch(`http://127.0.0.1:${ports.query}/metrics`)).text();
    const metric = (name: string): number =>
      Number(new RegExp(`^${name} (\\S+)$`, "m").exec(metrics)?.[1] ?? Number.NaN);
    const commits = metric("culprit_commit_seconds_count");
    console.log(
      [
        `W    ${String(connections).padStart(3)} connections                 ${thousands(load.spansPerSecond)} spans/s acked durable`,
        `W/E  ${(load.spansPerSecond / engine.spansPerSecond).toFixed(3)}`,
        `     server ${((cpu * 1e6) / load.ackedSpans).toFixed(2)} us of processor a span, loader ${((load.cpuSeconds * 1e6) / load.ackedSpans).toFixed(2)}; ${load.refused} requests refused`,
        `     peak memory ${peak} MB, active parts ${metric("culprit_engine_active_parts")}, ${(metric("culprit_engine_file_syncs_total") / commits).toFixed(1)} fsyncs a commit, ${thousands(metric("culprit_block_spans_sum") / commits)} spans a commit`,
      ].join("\n"),
    );
  } finally {
    await stop(server);
    await rm(data, { recursive: true, force: true });
  }
}

function serveArguments(data: string): string[] {
  return [
    join(root, "packages/cli/src/main.ts"),
    "serve",
    "--data",
    data,
    "--query-port",
    "0",
    "--otlp-http-port",
    "0",
    "--otlp-grpc-port",
    "off",
  ];
}

/** From the line `ready query=127.0.0.1:16686 otlp-http=127.0.0.1:4318 …`. */
async function readyPorts(server: ChildProcess): Promise<{ query: string; otlpHttp: string }> {
  if (server.stdout === null) throw new Error("the server has no output");
  for await (const line of createInterface(server.stdout)) {
    if (!line.startsWith("ready ")) continue;
    const port = (door: string): string =>
      new RegExp(`\\b${door}=\\S*:(\\d+)`).exec(line)?.[1] ?? "";
    return { query: port("query"), otlpHttp: port("otlp-http") };
  }
  throw new Error("the server ended before it was ready");
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGTERM");
  await ended;
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

/** User and system time of the process so far. */
function cpuSeconds({ pid }: ChildProcess): number {
  if (process.platform === "linux") {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    // Fields 14 and 15 of proc(5), in ticks of 10 ms.
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }
  const [minutes = "0", rest = "0"] = ps(pid, "time").split(":");
  return Number(minutes) * 60 + Number(rest);
}

function peakMegabytes({ pid }: ChildProcess): number {
  if (process.platform === "linux") {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  }
  return Math.round(Number(ps(pid, "rss")) / 1024);
}

function ps(pid: number | undefined, field: string): string {
  return execFileSync("ps", ["-o", `${field}=`, "-p", String(pid)], { encoding: "utf8" }).trim();
}
