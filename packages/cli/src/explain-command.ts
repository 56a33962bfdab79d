import { renderExplanation } from "@culprit/analysis";
import { ParameterError, parseExplainRequest } from "@culprit/server";
import type { Command } from "commander";
import { UsageError } from "./cli-error.ts";
import { explainRequestOf, type GroupOptions } from "./explain-options.ts";
import { print } from "./print.ts";
import { addSourceOptions, openTraceSource, type SourceOptions } from "./trace-source.ts";

interface ExplainOptions extends SourceOptions, GroupOptions {
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  $ culprit explain --baseline 2026-01-31T08:00:00Z..2026-01-31T09:00:00Z --incident 2026-01-31T09:10:00Z..2026-01-31T09:30:00Z
  $ culprit explain --window 2026-01-31T09:00:00Z..2026-01-31T10:00:00Z --slow 0.95      # the slowest 5 % against the rest
  $ culprit explain --window 2026-01-31T09:00:00Z..2026-01-31T10:00:00Z --errors         # failed against not failed
  $ culprit explain --window 2026-01-31T09:00:00Z..2026-01-31T10:00:00Z --attribute service.version=2.4.0
  $ culprit explain --baseline … --incident … --query 'service=frontend&tag=cloud.region:eu-west-1'

Times are RFC 3339; a window begins at FROM and ends before TO; a trace is in it when its root starts in it. --query is
the query string of a search and narrows both sides. Give several --baseline: the more healthy traces, the better.`;

export function addExplainCommand(program: Command): void {
  const command = program
    .command("explain")
    .description("name the culprit of an incident: what tells its traces from healthy ones")
    .option(
      "--baseline <from..to>",
      "healthy window; may be given again",
      (text: string, earlier: string[] = []) => [...earlier, text],
    )
    .option("--incident <from..to>", "faulty window")
    .option("--window <from..to>", "one window, split by one of the next three")
    .option("--slow [quantile]", "its slow traces against the rest (default 0.95)")
    .option("--errors", "its traces with a failure against those without")
    .option("--attribute <key=value>", "its traces with the attribute against those without")
    .option("--query <query>", "narrow both sides by a search, such as service=shop")
    .option("--json", "one JSON document instead of the report");
  addSourceOptions(command)
    .addHelpText("after", EXAMPLES)
    .action((options: ExplainOptions) => explain(options));
}

async function explain(options: ExplainOptions): Promise<void> {
  const request = explainRequestOf(options);
  try {
    parseExplainRequest(request);
  } catch (error) {
    if (error instanceof ParameterError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
  const isShown = process.stderr.isTTY === true;
  const source = await openTraceSource(options);
  try {
    const explanation = await source.explain(request, (done) => {
      if (isShown) process.stderr.write(`\r${Math.round(done * 100)} % …`);
    });
    // Back to the start of the line, and clear it.
    if (isShown) process.stderr.write("\r\u001b[K");
    if (options.json) return await print(`${JSON.stringify(explanation)}\n`);
    const isColoured = process.stdout.isTTY === true && (process.env["NO_COLOR"] ?? "") === "";
    await print(renderExplanation(explanation, { colour: isColoured }));
  } finally {
    await source.close();
  }
}
