// The server under load, as a process of its own: started, asked, stopped. Linux and macOS; memory and processor time are
// read from the process table.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type DoorName, doorFlags } from "@culprit/server";

const root = join(import.meta.dirname, "..");

export interface BenchServer {
  readonly process: ChildProcess;
  readonly query: string;
  readonly otlpHttp: string;
  /** Of any door; empty where it is closed. */
  port(door: DoorName): string;
}

/**
 * @param verdictAfter of `culprit serve`
 * @param door that is open beside those for queries and OTLP
 */
export async function startBenchServer(
  data: string,
  verdictAfter: string,
  door?: DoorName,
): Promise<BenchServer> {
  const process_ = spawn(process.execPath, serveArguments(data, verdictAfter, door), {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = await readyPorts(process_);
  return { process: process_, query: port("query"), otlpHttp: port("otlp-http"), port };
}

function serveArguments(data: string, verdictAfter: string, door?: DoorName): string[] {
  return [
    join(root, "packages/cli/src/main.ts"),
    "serve",
    "--data",
    data,
    ...doorFlags({ query: 0, "otlp-http": 0, ...(door === undefined ? {} : { [door]: 0 }) }),
    "--verdict-after",
    verdictAfter,
  ];
}

/** From the line `ready query=127.0.0.1:16686 otlp-http=127.0.0.1:4318 …`. */
async function readyPorts(server: ChildProcess): Promise<(door: DoorName) => string> {
  if (server.stdout === null) throw new Error("the server has no output");
  for await (const line of createInterface(server.stdout)) {
    if (!line.startsWith("ready ")) continue;
    return (door) => new RegExp(`(?<=^| )${door}=\\S*:(\\d+)`).exec(line)?.[1] ?? "";
  }
  throw new Error("the server ended before it was ready");
}

export async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGTERM");
  await ended;
}

/** User and system time of the process so far. */
export function cpuSeconds({ pid }: ChildProcess): number {
  if (process.platform === "linux") {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    // Fields 14 and 15 of proc(5), in ticks of 10 ms.
    return (Number(fields[11]) + Number(fields[12])) / 100;
  }
  const [minutes = "0", rest = "0"] = ps(pid, "time").split(":");
  return Number(minutes) * 60 + Number(rest);
}

export function peakMegabytes({ pid }: ChildProcess): number {
  if (process.platform === "linux") {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  }
  return Math.round(Number(ps(pid, "rss")) / 1024);
}

function ps(pid: number | undefined, field: string): string {
  return execFileSync("ps", ["-o", `${field}=`, "-p", String(pid)], { encoding: "utf8" }).trim();
}
