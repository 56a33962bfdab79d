// A trace as Jaeger's API answers it, as soon as it is there: over UDP nobody is told when that is.

import type { JaegerProcess, JaegerSpan, JaegerTrace } from "@culprit/wire";
import type { TestServer } from "./running-server.ts";

export interface FoundTrace {
  readonly spans: readonly JaegerSpan[];
  /** The span of this name. */
  span(name: string): JaegerSpan;
  tagsOf(span: JaegerSpan): ReadonlyMap<string, string | boolean | number>;
  processOf(span: JaegerSpan): JaegerProcess;
}

const WAIT_MS = 20_000;

export async function jaegerTrace(
  server: TestServer,
  traceId: string,
  spanCount: number,
): Promise<FoundTrace> {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const response = await fetch(`${server.url("query")}/api/traces/${traceId}`);
    const { data } = (await response.json()) as { data: readonly JaegerTrace[] | null };
    const trace = data?.[0];
    if (trace !== undefined && trace.spans.length >= spanCount) return foundTrace(trace);
    if (Date.now() > end) {
      throw new Error(`${trace?.spans.length ?? 0} of ${spanCount} spans came of ${traceId}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function foundTrace(trace: JaegerTrace): FoundTrace {
  return {
    spans: trace.spans,
    span(name) {
      const found = trace.spans.find(({ operationName }) => operationName === name);
      if (found === undefined) throw new Error(`no span is called ${name}`);
      return found;
    },
    tagsOf: (span) => new Map(span.tags.map(({ key, value }) => [key, value])),
    processOf: (span) => trace.processes[span.processID] ?? { serviceName: "", tags: [] },
  };
}
