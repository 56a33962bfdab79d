import { existsSync } from "node:fs";
import type { Command } from "commander";
import { CommandFailed } from "./cli-error.ts";
import { openFolderTarget, openServerTarget, type SpanTarget } from "./span-target.ts";
import { readTraceFile } from "./trace-file.ts";
import { choosePlace, type Place } from "./trace-source.ts";
import { userPath } from "./user-path.ts";

interface ImportOptions {
  readonly data?: string;
  readonly to?: string;
}

const EXAMPLES = `
Examples:
  $ culprit import traces.json                    # into the local server
  $ culprit import *.json.gz --to http://tracing.example:16686
  $ culprit import spans.jsonl --data ./data      # into a folder that no server holds
  $ kubectl logs collector | culprit import -

A file holds OTLP (JSON, JSON lines, protobuf), Jaeger (JSON, Thrift, protobuf) or Zipkin JSON, gzipped or not. What is
imported is on disk when the command ends. Importing a file twice shows its spans once.`;

export function addImportCommand(program: Command): void {
  program
    .command("import")
    .description("take traces from files")
    .argument("<file...>", "files that hold traces, - for standard input")
    .option(
      "--to <url>",
      "a running Culprit's query address (default: the local one when it answers)",
    )
    .option(
      "--data <dir>",
      "the folder of a Culprit that is not running, made when it is not there",
    )
    .addHelpText("after", EXAMPLES)
    .action((files: string[], options: ImportOptions) => importFiles(files, options));
}

async function importFiles(files: readonly string[], options: ImportOptions): Promise<void> {
  const missing = files.filter((file) => file !== "-" && !existsSync(userPath(file)));
  if (missing.length > 0) throw new CommandFailed(`there is no file ${missing.join(", ")}`);
  const place = await choosePlaceOf(options);
  // Opened by the first spans: a file that cannot be read leaves no new database behind.
  let target: SpanTarget | undefined;
  const progress = new Progress();
  try {
    for (const file of files) {
      for await (const { spans, warnings } of readTraceFile(file)) {
        for (const warning of warnings) progress.say(warning);
        if (spans.length === 0) continue;
        target ??= await openTarget(place);
        await target.take(spans);
        progress.add(spans.length);
      }
    }
    await target?.finish();
  } finally {
    progress.end();
    await target?.close();
  }
  const { spanCount } = progress;
  if (spanCount === 0) throw new CommandFailed("the files hold no spans");
  const what = files.length === 1 ? "1 file" : `${files.length} files`;
  console.error(`imported ${spanCount} ${spanCount === 1 ? "span" : "spans"} from ${what}`);
}

async function choosePlaceOf({ data, to }: ImportOptions): Promise<Place> {
  return choosePlace({
    ...(data === undefined ? undefined : { data }),
    ...(to === undefined ? undefined : { url: to }),
  });
}

async function openTarget(place: Place): Promise<SpanTarget> {
  return place.kind === "server" ? openServerTarget(place.url) : openFolderTarget(place.dataDir);
}

/** A line that counts, in a terminal only. */
class Progress {
  spanCount = 0;
  readonly #isShown = process.stderr.isTTY === true;

  add(spans: number): void {
    this.spanCount += spans;
    if (this.#isShown) process.stderr.write(`\r${this.spanCount} spans …`);
  }

  say(line: string): void {
    this.end();
    console.error(line);
  }

  end(): void {
    // Back to the start of the line, and clear it.
    if (this.#isShown) process.stderr.write("\r\u001b[K");
  }
}
