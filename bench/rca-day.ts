// A day of labelled span tables (trace/*.csv.gz, the layout is described beside them) as OTLP/JSON lines, one trace a line.

import { once } from "node:events";
import { createReadStream, createWriteStream, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";

interface TableRow {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly pod: string;
  readonly operation: string;
  readonly startUnixNano: string;
  readonly endUnixNano: string;
}

/** Spans that occur in two files are written once. */
export async function writeOtlpLines(dayFolder: string, file: string): Promise<void> {
  const traces = new Map<string, Map<string, TableRow>>();
  const folder = join(dayFolder, "trace");
  for (const name of readdirSync(folder)
    .filter((entry) => entry.endsWith(".csv.gz"))
    .sort()) {
    for await (const row of tableRows(join(folder, name))) {
      let spans = traces.get(row.traceId);
      if (spans === undefined) {
        spans = new Map();
        traces.set(row.traceId, spans);
      }
      if (!spans.has(row.spanId)) spans.set(row.spanId, row);
    }
  }
  const out = createWriteStream(file);
  for (const spans of traces.values()) {
    if (!out.write(`${JSON.stringify(exportRequest([...spans.values()]))}\n`)) {
      await once(out, "drain");
    }
  }
  out.end();
  await once(out, "finish");
}

async function* tableRows(path: string): AsyncGenerator<TableRow> {
  const lines = createInterface({ input: createReadStream(path).pipe(createGunzip()) });
  let columns: readonly string[] | undefined;
  for await (const line of lines) {
    const cells = cellsOf(line);
    if (columns === undefined) {
      columns = cells;
      continue;
    }
    const cell = (name: string): string => cells[columns?.indexOf(name) ?? -1] ?? "";
    yield {
      traceId: cell("TraceID"),
      spanId: cell("SpanID"),
      parentId: cell("ParentID"),
      pod: cell("PodName"),
      operation: cell("OperationName"),
      startUnixNano: cell("StartTimeUnixNano"),
      endUnixNano: cell("EndTimeUnixNano"),
    };
  }
}

/** One line of CSV; a cell in quotation marks may hold commas and doubled quotation marks. */
function cellsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(",");
  return Array.from(line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), (match) =>
    match[1] === undefined ? (match[2] ?? "") : match[1].replaceAll('""', '"'),
  );
}

/** The tables know neither kind nor status nor attributes; a service is a pod's name without its generated suffixes. */
function exportRequest(rows: readonly TableRow[]): unknown {
  return {
    resourceSpans: [...Map.groupBy(rows, ({ pod }) => pod)].map(([pod, spans]) => ({
      resource: {
        attributes: [
          { key: "service.name", value: { stringValue: pod.split("-").slice(0, -2).join("-") } },
          { key: "service.instance.id", value: { stringValue: pod } },
        ],
      },
      scopeSpans: [
        {
          spans: spans.map((row) => ({
            traceId: row.traceId,
            spanId: row.spanId,
            ...(row.parentId === "root" ? undefined : { parentSpanId: row.parentId }),
            name: row.operation,
            startTimeUnixNano: row.startUnixNano,
            endTimeUnixNano: row.endUnixNano,
          })),
        },
      ],
    })),
  };
}
