import { existsSync } from "node:fs";
import { analyzeTrace, renderVerdict, TopologyCollector } from "@culprit/analysis";
import type { Verdict } from "@culprit/api";
import { assembleTrace, groupByTrace, type Span } from "@culprit/trace-model";
import { type Command, InvalidArgumentError } from "commander";
import { CommandFailed, UsageError } from "./cli-error.ts";
import { print } from "./print.ts";
import { readTraceFile } from "./trace-file.ts";
import { traceIdOf } from "./trace-id-argument.ts";
import { addSourceOptions, openTraceSource, type SourceOptions } from "./trace-source.ts";
import { userPath } from "./user-path.ts";

interface AnalyzeOptions extends SourceOptions {
  readonly json?: true;
  readonly overlapTolerance: number;
}

const EXAMPLES = `
Examples:
  $ culprit analyze 4bf92f3577b34da6a3ce929d0e0e4736
  $ culprit analyze 4bf92f35 --url http://tracing.example:16686
  $ culprit analyze traces.json                   # every trace of the file; no server needed
  $ curl -s $JAEGER/api/traces/$ID | culprit analyze -
  $ culprit analyze traces.json.gz --json | jq .bottleneck

A file holds OTLP (JSON, JSON lines, protobuf), Jaeger (JSON, Thrift, protobuf) or Zipkin JSON, gzipped or not; - is
standard input. --json prints one document a line (its schema: docs, "Verdict"). A report has colours in a terminal, unless
NO_COLOR is set.`;

export function addAnalyzeCommand(program: Command): void {
  const command = program
    .command("analyze")
    .description("name the culprit of a trace: where its time went, what failed, what to change")
    .argument("<trace...>", "a trace id, or a file that holds traces")
    .option("--json", "one JSON document a line instead of the report")
    .option(
      "--overlap-tolerance <share>",
      "part of the parent's duration by which siblings may overlap and still count as one after the other",
      parseShare,
      0,
    );
  addSourceOptions(command)
    .addHelpText("after", EXAMPLES)
    .action((targets: string[], options: AnalyzeOptions) => analyze(targets, options));
}

function parseShare(text: string): number {
  const share = Number(text);
  if (text.trim() !== "" && share >= 0 && share < 1) return share;
  throw new InvalidArgumentError("a share is a number from 0 to below 1, such as 0.01.");
}

async function analyze(targets: readonly string[], options: AnalyzeOptions): Promise<void> {
  const isColoured = process.stdout.isTTY === true && (process.env["NO_COLOR"] ?? "") === "";
  let printed = 0;
  const show = (verdict: Verdict): Promise<void> => {
    printed++;
    if (options.json) return print(`${JSON.stringify(verdict)}\n`);
    const report = renderVerdict(verdict, { colour: isColoured });
    return print(`${printed > 1 ? "\n" : ""}${report.trimEnd()}\n`);
  };
  for (const target of targets) {
    for await (const verdict of verdictsOf(target, options)) await show(verdict);
  }
}

async function* verdictsOf(target: string, options: AnalyzeOptions): AsyncGenerator<Verdict> {
  const { overlapTolerance } = options;
  if (target === "-" || existsSync(userPath(target))) {
    // All are assembled first: each is judged by what the others tell.
    const traces = Array.from(await tracesOfFile(target), (spans) => assembleTrace(spans));
    const collector = new TopologyCollector();
    for (const trace of traces) collector.add(trace);
    const { topology } = collector;
    for (const trace of traces) yield analyzeTrace(trace, { overlapTolerance, topology });
    return;
  }
  const traceId = traceIdOf(target);
  if (traceId === undefined) {
    throw new UsageError(`"${target}" is neither a file nor a trace id (1 to 32 hex digits)`);
  }
  const source = await openTraceSource(options);
  try {
    const verdict = await source.verdict(traceId, { overlapTolerance });
    if (verdict === undefined) throw new CommandFailed(`no span of trace ${traceId} is stored`);
    yield verdict;
  } finally {
    await source.close();
  }
}

async function tracesOfFile(name: string): Promise<Iterable<readonly Span[]>> {
  const all: Span[] = [];
  for await (const { spans, warnings } of readTraceFile(name)) {
    for (const span of spans) all.push(span);
    for (const warning of warnings) console.error(warning);
  }
  if (all.length === 0) throw new CommandFailed(`${name} holds no spans`);
  return groupByTrace(all).values();
}
