// A Python of its own in a temporary folder, with packages installed; for tests that are skipped where that cannot be.

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface PythonEnvironment {
  /** Runs a program; rejects with what it printed when it fails. */
  run(program: string, environment: Readonly<Record<string, string>>): Promise<void>;
  remove(): Promise<void>;
}

/** @returns why there is none, where there is none within `timeoutMs` */
export async function pythonWith(
  packages: readonly string[],
  timeoutMs: number,
): Promise<PythonEnvironment | string> {
  const folder = await mkdtemp(path.join(tmpdir(), "culprit-python-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const windows = process.platform === "win32";
  const python = path.join(folder, windows ? "Scripts/python.exe" : "bin/python");
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    await run(windows ? "python" : "python3", ["-m", "venv", folder], { signal });
    const quietly = ["--quiet", "--disable-pip-version-check", "--no-input"];
    await run(python, ["-m", "pip", "install", ...quietly, ...packages], { signal });
  } catch (error) {
    await remove();
    const reason = error instanceof Error ? error.message.split("\n", 1)[0] : String(error);
    return `no Python with ${packages.join(", ")}: ${reason}`;
  }
  return {
    async run(program, environment) {
      await run(python, ["-c", program], { env: { ...process.env, ...environment } });
    },
    remove,
  };
}
