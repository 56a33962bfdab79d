import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Whom PostgreSQL runs as. Nothing to choose (undefined) unless we are root, whom it refuses. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

const candidates = ["postgres", "_postgres", "nobody"];

/**
 * As root: the machine's `postgres` user, else one that is made for it, else `nobody`. It must be in the
 * user database, for initdb looks its own name up.
 */
export function chooseServerUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const existing = lookUp("postgres") ?? lookUp("_postgres");
  if (existing !== undefined) return existing;
  spawnSync("useradd", [
    "--system",
    "--user-group",
    "--no-create-home",
    "--shell",
    "/bin/false",
    "postgres",
  ]);
  for (const name of candidates) {
    const user = lookUp(name);
    if (user !== undefined) return user;
  }
  throw new Error(
    "PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as.",
  );
}

function lookUp(name: string): ServerUser | undefined {
  const uid = idOf("-u", name);
  const gid = idOf("-g", name);
  if (uid !== undefined && gid !== undefined) return { uid, gid };
  return lookUpInFile(name);
}

function idOf(flag: string, name: string): number | undefined {
  const { status, stdout } = spawnSync("id", [flag, name], { encoding: "utf8" });
  return status === 0 ? Number(stdout) : undefined;
}

function lookUpInFile(name: string): ServerUser | undefined {
  try {
    const line = readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .find((entry) => entry.startsWith(`${name}:`));
    const [, , uid, gid] = line?.split(":") ?? [];
    return uid === undefined || gid === undefined
      ? undefined
      : { uid: Number(uid), gid: Number(gid) };
  } catch {
    return undefined;
  }
}
