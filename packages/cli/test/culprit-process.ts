// The command as a process, as a user runs it.

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestContext } from "node:test";
import { DOORS, doorFlag } from "@culprit/server";

export const REPOSITORY: string = path.join(import.meta.dirname, "../../..");
const COMMAND = path.join(REPOSITORY, "packages/cli/bin/culprit.js");

/** Nothing of the machine's own settings; no colour unless a test asks. */
function environment(extra: Record<string, string>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) =>
      !/^(CULPRIT_|NO_COLOR$|FORCE_COLOR$|npm_lifecycle_event$|INIT_CWD$|NODE_TEST_CONTEXT$)/.test(
        name,
      ),
  );
  return { ...Object.fromEntries(inherited), ...extra };
}

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly input?: Uint8Array | string;
}

/** Runs the command to its end. */
export async function culprit(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const child = start([process.execPath, COMMAND, ...args], options);
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  return finished(child);
}

function start(command: readonly string[], options: RunOptions): ChildProcessWithoutNullStreams {
  const [program = "", ...args] = command;
  return spawn(program, args, {
    cwd: options.cwd ?? REPOSITORY,
    env: environment(options.env ?? {}),
  });
}

function finished(child: ChildProcessWithoutNullStreams): Promise<Finished> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) =>
      resolve({
        code,
        signal,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      }),
    );
  });
}

export interface Serving {
  readonly pid: number;
  readonly ready: string;
  /** `http://host:port` of a door that the ready line names. */
  url(door: string): string;
  /** What it has said there so far. */
  stderr(): string;
  /** Ends the process, unless it has ended. */
  end(signal: NodeJS.Signals): Promise<Finished>;
}

export const FREE_PORTS: readonly string[] = DOORS.map(({ name }) => `${doorFlag(name)}=0`);

/** `culprit serve` until its ready line; the test's end kills what still runs. */
export async function serve(
  t: TestContext,
  args: readonly string[],
  options: RunOptions & { readonly command?: readonly string[] } = {},
): Promise<Serving> {
  const command = options.command ?? [process.execPath, COMMAND];
  const child = start([...command, "serve", ...args], options);
  const end = finished(child);
  t.after(async () => {
    child.kill("SIGKILL");
    await end;
  });
  let text = "";
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ready = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const line = /^ready .*$/m.exec(text);
      if (line !== null) resolve(line[0]);
    });
    end.then(
      ({ code, stderr }) => reject(new Error(`serve ended with ${code}: ${stderr}`)),
      reject,
    );
  });
  return {
    pid: child.pid ?? 0,
    ready,
    url: (door) => `http://${new RegExp(` ${door}=(\\S+)`).exec(ready)?.[1]}`,
    stderr: () => stderr,
    end: (signal) => {
      child.kill(signal);
      return end;
    },
  };
}

export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "culprit-cli-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
