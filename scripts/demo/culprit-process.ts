import { type ChildProcess, spawn } from "node:child_process";
import { setPriority } from "node:os";
import { join } from "node:path";

export interface CulpritProcess {
  /** Host and port of each open door, as its `ready` line names them. */
  readonly doors: Readonly<Record<string, string>>;
  /** Resolves when it ended by itself, with what it said last. */
  readonly gone: Promise<string>;
  stop(): Promise<void>;
}

const readyLimitMs = 60_000;
const stopLimitMs = 20_000;

/** `culprit serve` as a process of its own, outside of our group: Ctrl-C reaches us first, and we stop it last. */
export async function startCulprit(
  root: string,
  args: readonly string[],
  signal: AbortSignal,
  { niceness = 0 }: { readonly niceness?: number } = {},
): Promise<CulpritProcess> {
  const main = join(root, "packages/cli/src/main.ts");
  const lifeline = new URL("end-with-starter.ts", import.meta.url).href;
  const child = spawn(process.execPath, ["--import", lifeline, main, "serve", ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    detached: true,
  });
  // Before it has threads: they inherit it.
  if (niceness > 0 && child.pid !== undefined) setPriority(child.pid, niceness);
  // The last resort, when this process ends without having stopped it.
  process.once("exit", () => child.kill("SIGTERM"));
  const output = collect(child);
  const gone = new Promise<string>((resolve) => {
    child.once("exit", () => resolve(output().trim()));
    child.once("error", (error) => resolve(error.message));
  });
  const stop = (): Promise<void> => end(child, gone);
  const outcome = await Promise.race([
    readyLine(child),
    gone.then((said) => new Error(`culprit serve ended: ${said}`)),
    after(readyLimitMs, () => new Error(`culprit serve was not ready after ${readyLimitMs} ms`)),
    aborted(signal),
  ]);
  if (outcome instanceof Error) {
    await stop();
    throw outcome;
  }
  return { doors: doorsOf(outcome), gone, stop };
}

/** `ready query=127.0.0.1:16686 otlp-http=127.0.0.1:4318 …` */
function doorsOf(line: string): Record<string, string> {
  return Object.fromEntries(
    line
      .split(" ")
      .slice(1)
      .map((door) => [door.slice(0, door.indexOf("=")), door.slice(door.indexOf("=") + 1)]),
  );
}

function readyLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      text = (text + chunk.toString("utf8")).slice(-4000);
      const line = text
        .split("\n")
        .slice(0, -1)
        .find((candidate) => candidate.startsWith("ready "));
      if (line !== undefined) resolve(line.trim());
    });
  });
}

async function end(child: ChildProcess, gone: Promise<string>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const killer = setTimeout(() => child.kill("SIGKILL"), stopLimitMs);
  await gone;
  clearTimeout(killer);
}

function collect(child: ChildProcess): () => string {
  let text = "";
  const add = (chunk: Buffer): void => {
    text = (text + chunk.toString("utf8")).slice(-4000);
  };
  child.stdout?.on("data", add);
  child.stderr?.on("data", add);
  return () => text;
}

function after<Value>(ms: number, value: () => Value): Promise<Value> {
  return new Promise((resolve) => setTimeout(() => resolve(value()), ms).unref());
}

function aborted(signal: AbortSignal): Promise<Error> {
  return new Promise((resolve) => {
    const tell = (): void => resolve(new Error("stopped while starting"));
    if (signal.aborted) tell();
    else signal.addEventListener("abort", tell, { once: true });
  });
}
