import type { Span } from "@culprit/trace-model";
import { encodeJaegerTrace, encodeOtlpJson, zipkinJsonOf } from "@culprit/wire";
import { type Command, Option } from "commander";
import { CommandFailed } from "./cli-error.ts";
import { print } from "./print.ts";
import { requireTraceId } from "./trace-id-argument.ts";
import { addSourceOptions, openTraceSource, type SourceOptions } from "./trace-source.ts";

type Format = "otlp" | "jaeger" | "zipkin";

interface ExportOptions extends SourceOptions {
  readonly format: Format;
}

const EXAMPLES = `
Examples:
  $ culprit export 4bf92f3577b34da6a3ce929d0e0e4736 > trace.json
  $ culprit export $ID1 $ID2 --format jaeger > for-jaeger-ui.json
  $ culprit export $ID --data ./data --format zipkin | curl --json @- http://zipkin:9411/api/v2/spans

otlp loses nothing: what was received comes out, one document a trace, a line each. jaeger is the file that Jaeger's
UI opens, zipkin a list of v2 spans.`;

export function addExportCommand(program: Command): void {
  const command = program
    .command("export")
    .description("print traces in a format that other tools read")
    .argument("<trace-id...>", "ids of the traces")
    .addOption(
      new Option("--format <format>", "what to print")
        .choices(["otlp", "jaeger", "zipkin"] satisfies Format[])
        .default("otlp"),
    );
  addSourceOptions(command)
    .addHelpText("after", EXAMPLES)
    .action((ids: string[], options: ExportOptions) => exportTraces(ids, options));
}

async function exportTraces(texts: readonly string[], options: ExportOptions): Promise<void> {
  const ids = texts.map(requireTraceId);
  const source = await openTraceSource(options);
  const missing: string[] = [];
  const traces: (readonly Span[])[] = [];
  try {
    for (const traceId of ids) {
      const spans = await source.spans(traceId);
      if (spans === undefined) missing.push(traceId);
      else if (options.format === "otlp") await print(`${encodeOtlpJson(spans)}\n`);
      else traces.push(spans);
    }
  } finally {
    await source.close();
  }
  // Both formats are one document for all traces; without any it would look like an answer.
  if (traces.length > 0) {
    const document =
      options.format === "jaeger"
        ? { data: traces.map((spans) => encodeJaegerTrace(spans)) }
        : traces.flatMap((spans) => zipkinJsonOf(spans));
    await print(`${JSON.stringify(document)}\n`);
  }
  if (missing.length > 0) throw new CommandFailed(`not stored: ${missing.join(", ")}`);
}
