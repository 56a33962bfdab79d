import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { PostgresBinaries } from "./binaries.ts";
import type { ServerUser } from "./server-user.ts";

export interface ServerFolder {
  readonly path: string;
  readonly binaries: PostgresBinaries;
}

/**
 * A new temporary folder that belongs to the server's user, and binaries which that user can run: those of
 * node_modules, or, when a folder on the way is closed to it (a clone under /root), a copy of 60 MB.
 */
export function createServerFolder(
  installed: PostgresBinaries,
  user: ServerUser | undefined,
): ServerFolder {
  for (const parent of new Set([tmpdir(), "/tmp", "/var/tmp"])) {
    const path = makeFolder(parent);
    if (path === undefined) continue;
    if (user !== undefined) chownSync(path, user.uid, user.gid);
    if (user === undefined || canReach(path, user)) {
      return { path, binaries: runnable(installed, path, user) };
    }
    rmSync(path, { recursive: true, force: true });
  }
  throw new Error("PostgreSQL needs a temporary folder that its user can reach; /tmp is not one.");
}

function makeFolder(parent: string): string | undefined {
  try {
    const path = mkdtempSync(join(parent, "culprit-shop-"));
    chmodSync(path, 0o755);
    return path;
  } catch {
    return undefined;
  }
}

function runnable(
  installed: PostgresBinaries,
  folder: string,
  user: ServerUser | undefined,
): PostgresBinaries {
  // Packages unpacked without their install script lack the mark.
  for (const file of [installed.initdb, installed.postgres]) makeExecutable(file);
  if (user === undefined || runs(installed.postgres, user)) return installed;
  const copy = join(folder, "native");
  cpSync(dirname(dirname(installed.postgres)), copy, { recursive: true, verbatimSymlinks: true });
  const inCopy = (file: string): string => join(copy, "bin", basename(file));
  return { initdb: inCopy(installed.initdb), postgres: inCopy(installed.postgres) };
}

function makeExecutable(file: string): void {
  try {
    chmodSync(file, 0o755);
  } catch {
    // Not ours to change; whether it runs will show.
  }
}

function canReach(path: string, user: ServerUser): boolean {
  return spawnSync("ls", [path], { ...user, cwd: "/" }).status === 0;
}

function runs(postgres: string, user: ServerUser): boolean {
  return spawnSync(postgres, ["--version"], { ...user, cwd: "/" }).status === 0;
}
