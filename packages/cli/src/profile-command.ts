import { renderProfile } from "@culprit/analysis";
import { bandParameter, ParameterError, parseProfileRequest } from "@culprit/server";
import { type Command, Option } from "commander";
import { UsageError } from "./cli-error.ts";
import { print } from "./print.ts";
import { addSourceOptions, openTraceSource, type SourceOptions } from "./trace-source.ts";

interface ProfileOptions extends SourceOptions {
  readonly from: string;
  readonly to: string;
  readonly query: string;
  readonly band?: string;
  readonly folded?: true;
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  $ culprit profile --from 2026-11-21T00:00:00Z --to 2026-11-22T00:00:00Z
  $ culprit profile --from $FROM --to $TO --query 'service=checkout&minDuration=500ms'
  $ culprit profile --from $FROM --to $TO --folded | flamegraph.pl --countname ns > path.svg
  $ culprit profile --from $FROM --to $TO --folded --band 99-100 > worst.folded    # opens in speedscope.app
  $ culprit profile --from $FROM --to $TO --json | jq '.bands[] | {from, to, top: .operations[0]}'

Times are RFC 3339; a trace counts when its root starts at --from or later and before --to. --query takes the
conditions of the search as the page's address has them: service, operation, tag=key:value, minDuration, maxDuration,
bottleneck, finding, errorOrigin. Bands are percentiles of the root's duration: 0-50, 50-90, 90-99 and 99-100.`;

export function addProfileCommand(program: Command): void {
  const command = program
    .command("profile")
    .description(
      "sum the critical path of many traces: which operations hold the usual ones, and which the worst",
    )
    .requiredOption("--from <time>", "when the window begins, such as 2026-11-22T10:00:00Z")
    .requiredOption("--to <time>", "when it ends; not included")
    .option("--query <query>", "only traces that this search finds", "")
    .addOption(
      new Option(
        "--folded",
        "call stacks, a line each with its nanoseconds, for flame graphs",
      ).conflicts("json"),
    )
    .option("--band <from-to>", "with --folded: only the traces of this band, such as 99-100")
    .option("--json", "one JSON document instead of the table");
  addSourceOptions(command)
    .addHelpText("after", EXAMPLES)
    .action((options: ProfileOptions) => profile(options));
}

async function profile(options: ProfileOptions): Promise<void> {
  const parameters = parametersOf(options);
  const source = await openTraceSource(options);
  try {
    if (options.folded) {
      await print(await source.foldedProfile(parameters));
      return;
    }
    const found = await source.profile(parameters);
    const isColoured = process.stdout.isTTY === true && (process.env["NO_COLOR"] ?? "") === "";
    await print(
      options.json ? `${JSON.stringify(found)}\n` : renderProfile(found, { colour: isColoured }),
    );
  } finally {
    await source.close();
  }
}

/** Mistakes are told before anybody is asked. */
function parametersOf({ from, to, query, band, folded }: ProfileOptions): URLSearchParams {
  if (band !== undefined && !folded) throw new UsageError("--band goes with --folded");
  const parameters = new URLSearchParams(query);
  parameters.set("from", from);
  parameters.set("to", to);
  if (band !== undefined) parameters.set("band", band);
  try {
    parseProfileRequest(parameters, Date.now());
    bandParameter(parameters);
  } catch (error) {
    if (error instanceof ParameterError) throw new UsageError(error.message);
    throw error;
  }
  return parameters;
}
