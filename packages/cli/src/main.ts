// The `culprit` command.

import { readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { CommandFailed, ExitCode, UsageError } from "./cli-error.ts";
import { createProgram } from "./program.ts";

// Whoever reads the output may stop early (`culprit analyze … | head`): that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(ExitCode.done);
  throw error;
});

/** Errors that say all there is to say in their message. */
const EXPECTED = new Set([
  "CommandFailed",
  "DoorError",
  "SamplingStrategiesError",
  "StatementTooLong",
  "StoreOpenError",
  "StoreUnavailable",
  "WireError",
]);

const { version } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
) as { version: string };

// Set to nothing, as in `CULPRIT_DATA= culprit …` or an empty line of an environment file, is not set.
for (const [name, value] of Object.entries(process.env)) {
  if (name.startsWith("CULPRIT_") && value === "") delete process.env[name];
}

try {
  await createProgram(version).parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) {
    // Help and version end here too; commander has printed them, as it has the error.
    return error.exitCode === 0 ? ExitCode.done : ExitCode.usage;
  }
  if (error instanceof UsageError) {
    console.error(`culprit: ${error.message}`);
    return ExitCode.usage;
  }
  const isExpected =
    error instanceof CommandFailed || (error instanceof Error && EXPECTED.has(error.name));
  console.error(isExpected ? `culprit: ${error.message}` : error);
  return ExitCode.failed;
}
