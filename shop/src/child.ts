import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ChildReport, ReadyMessage } from "./child-link.ts";

export interface ChildSetup {
  readonly name: string;
  /** Relative to this folder. */
  readonly file: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called for each line on its standard output or error. */
  readonly onLine: (line: string) => void;
  /** With `@culprit/tracing` in it. */
  readonly traced?: boolean;
  /** Loaded before all else; relative to this folder. */
  readonly preload?: string;
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal;
}

export interface Child {
  readonly ready: ReadyMessage;
  /** Resolves when it has finished its work; it is `gone` a little later. */
  readonly stop: () => Promise<void>;
  /** Resolves when the process is gone, asked or not, and everything it said has arrived. */
  readonly gone: Promise<void>;
}

/** A service gets this long to finish its requests and send its spans before it is killed. */
const stopLimitMs = 15_000;

/** Starts a process of the shop and waits until it is ready. It is in a group of its own: Ctrl-C is ours. */
export async function startChild(setup: ChildSetup): Promise<Child> {
  const { signal } = setup;
  signal?.throwIfAborted();
  const preloads = [
    ...(setup.preload === undefined ? [] : [new URL(setup.preload, import.meta.url).href]),
    ...(setup.traced === true ? [import.meta.resolve("@culprit/tracing/register")] : []),
  ];
  const child = fork(fileURLToPath(new URL(setup.file, import.meta.url)), {
    execArgv: preloads.flatMap((preload) => ["--import", preload]),
    env: { ...process.env, ...setup.env },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    detached: true,
  });
  passLines(child, setup.onLine);
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const report = new Promise<ChildReport>((resolve) => {
    child.once("message", (message) => resolve(message as ChildReport));
    child.once("error", (error) => resolve({ failed: error.message }));
    child.once("exit", (code) => resolve({ failed: `it ended with ${code} before it was ready` }));
  });
  // Until it is ready it listens to nobody else; PostgreSQL finishes its start and then stops.
  const cancel = (): boolean => child.kill("SIGTERM");
  signal?.addEventListener("abort", cancel, { once: true });
  const outcome = await report;
  signal?.removeEventListener("abort", cancel);
  if (signal?.aborted) {
    await stop(child, gone);
    await gone;
    signal.throwIfAborted();
  }
  if (!("ready" in outcome)) {
    const why = "failed" in outcome ? outcome.failed : "it was stopped";
    throw new Error(`${setup.name} did not start: ${why}`);
  }
  return { ready: outcome.ready, stop: () => stop(child, gone), gone };
}

async function stop(child: ChildProcess, gone: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const killer = setTimeout(() => child.kill("SIGKILL"), stopLimitMs);
  void gone.then(() => clearTimeout(killer));
  const drained = new Promise<void>((resolve) => {
    child.on("message", (message) => {
      if ("drained" in (message as ChildReport)) resolve();
    });
  });
  if (child.connected) child.send("stop", () => {});
  else child.kill("SIGTERM");
  await Promise.race([drained, gone]);
}

function passLines(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream?.setEncoding("utf8");
    stream?.on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine(line);
    });
  }
}
