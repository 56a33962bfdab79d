/** Runs a program of `apps/` in a process of its own, as somebody would who uses the package. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface AppRun {
  readonly child: ChildProcess;
  /** Everything it has said on both streams. */
  readonly said: () => string;
  /** Exit code or signal. */
  readonly ended: Promise<number | string>;
}

export function runApp(file: string, env: Readonly<Record<string, string>>): AppRun {
  const app = fileURLToPath(new URL(`apps/${file}`, import.meta.url));
  const register = import.meta.resolve("@culprit/tracing/register");
  const child = spawn(process.execPath, ["--import", register, app], {
    env: { PATH: process.env.PATH ?? "", OTEL_EXPORTER_OTLP_PROTOCOL: "http/json", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
    });
  }
  const ended = once(child, "close").then(([code, signal]) => (code ?? signal) as number | string);
  return { child, said: () => text, ended };
}

/** Resolves with the first match in what the app says. */
export async function waitToSay(run: AppRun, pattern: RegExp): Promise<RegExpExecArray> {
  while (true) {
    const match = pattern.exec(run.said());
    if (match !== null) return match;
    if (run.child.stdout === null) throw new Error("the app has no output");
    const more = once(run.child.stdout, "data").then(() => "more");
    if ((await Promise.race([more, run.ended])) !== "more") {
      throw new Error(`the app ended: ${run.said()}`);
    }
  }
}
