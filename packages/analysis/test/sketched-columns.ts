// Traces as columns from a few words a span, for tests of what compares many traces.

import { SpanKind, type TraceColumns } from "@culprit/trace-model";
import type { PairColumns } from "../src/explain/cohorts.ts";

export interface SketchedRow {
  /** "service operation", "service operation client" for another kind than server, "unspecified" for none. */
  readonly span: string;
  /** Index into the trace's rows; none for the root, which is the first. */
  readonly parent?: number;
  /** Milliseconds. */
  readonly start?: number;
  readonly length: number;
  readonly errs?: number;
  readonly resource?: Readonly<Record<string, string>>;
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface SketchedTrace {
  readonly group: 0 | 1;
  /** By start. */
  readonly rows: readonly SketchedRow[];
}

const MS = 1e6;

export function columnsOf(traces: readonly SketchedTrace[]): TraceColumns {
  const rows = traces.flatMap((trace) => trace.rows);
  const words = rows.map(
    ({ span }) => span.split(" ") as [string, string, (keyof typeof SpanKind)?],
  );
  const services = [...new Set(words.map(([service]) => service))];
  const operations = [...new Set(words.map(([, operation]) => operation))];
  const resourceTexts = rows.map(({ resource = {} }) => JSON.stringify(Object.entries(resource)));
  const resources = [...new Set(resourceTexts)];
  const firstRow = [0];
  for (const trace of traces) firstRow.push((firstRow.at(-1) as number) + trace.rows.length);
  const parents = traces.flatMap((trace, t) =>
    trace.rows.map(({ parent }) => (parent === undefined ? -1 : (firstRow[t] as number) + parent)),
  );
  return {
    traceIds: traces.map((_, t) => (t + 1).toString(16).padStart(32, "0")),
    firstRow: Uint32Array.from(firstRow),
    root: Uint32Array.from(firstRow.slice(0, -1)),
    group: Uint8Array.from(traces, ({ group }) => group),
    parent: Int32Array.from(parents),
    service: Uint32Array.from(words, ([service]) => services.indexOf(service)),
    operation: Uint32Array.from(words, ([, operation]) => operations.indexOf(operation)),
    resource: Uint32Array.from(resourceTexts, (text) => resources.indexOf(text)),
    kind: Uint8Array.from(words, ([, , kind = "server"]) => SpanKind[kind]),
    errs: Uint8Array.from(rows, ({ errs = 0 }) => errs),
    marked: new Uint8Array(rows.length),
    startNanos: Float64Array.from(rows, ({ start = 0 }) => start * MS),
    durationNanos: Float64Array.from(rows, ({ length }) => length * MS),
    services,
    operations,
    resources: resources.map((text) => JSON.parse(text)),
  };
}

/** The attributes of the spans, each pair once a trace. */
export function pairsOf(traces: readonly SketchedTrace[]): PairColumns {
  const indexes = new Map<string, number>();
  const [trace, pair]: [number[], number[]] = [[], []];
  for (const [index, { rows }] of traces.entries()) {
    const pairs = rows.flatMap(({ attributes = {} }) => Object.entries(attributes));
    for (const name of new Set(pairs.map((each) => JSON.stringify(each)))) {
      if (!indexes.has(name)) indexes.set(name, indexes.size);
      trace.push(index);
      pair.push(indexes.get(name) as number);
    }
  }
  return {
    trace: Uint32Array.from(trace),
    pair: Uint32Array.from(pair),
    pairs: [...indexes.keys()].map((name) => JSON.parse(name)),
  };
}
