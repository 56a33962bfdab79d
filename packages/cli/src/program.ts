import { Command } from "commander";
import { addAnalyzeCommand } from "./analyze-command.ts";
import { addExplainCommand } from "./explain-command.ts";
import { addExportCommand } from "./export-command.ts";
import { addImportCommand } from "./import-command.ts";
import { addProfileCommand } from "./profile-command.ts";
import { addServeCommand } from "./serve-command.ts";

const TOUR = `
A first tour:
  $ culprit serve                                  # keeps traces in ./data, web UI on http://localhost:16686
  $ culprit analyze 4bf92f3577b34da6a3ce929d0e0e4736
  $ culprit analyze traces.json                    # a file of Jaeger, Zipkin or OTLP; no server needed
  $ culprit profile --from 2026-11-22T00:00:00Z --to 2026-11-23T00:00:00Z
  $ culprit import traces.json.gz                  # into the running server
  $ culprit export 4bf92f3577b34da6a3ce929d0e0e4736 --format otlp > trace.json

Exit codes: 0 done, 1 failed or not found, 2 wrong usage.
\`culprit COMMAND --help\` explains a command with examples.`;

export function createProgram(version: string): Command {
  const program = new Command("culprit")
    .description(
      "Distributed tracing that names the culprit: which service and operation is to blame, and why.",
    )
    .version(version)
    .showHelpAfterError("(add --help for how to use it)")
    .addHelpText("after", TOUR);
  // Set before the subcommands are made: they inherit it.
  program.exitOverride();
  addServeCommand(program);
  addAnalyzeCommand(program);
  addProfileCommand(program);
  addExplainCommand(program);
  addImportCommand(program);
  addExportCommand(program);
  return program;
}
