// What Jaeger's search page shows of a trace.

import { assembleTrace, type Span, StatusCode, serviceName } from "@culprit/trace-model";

export interface TraceSummary {
  readonly traceId: string;
  readonly rootServiceName: string;
  readonly rootOperationName: string;
  readonly minStartUnixNano: bigint;
  readonly maxEndUnixNano: bigint;
  readonly spanCount: number;
  readonly errorSpanCount: number;
  /** Spans whose parent is not in the trace. */
  readonly orphanSpanCount: number;
  /** Sorted by name. */
  readonly services: readonly ServiceSummary[];
}

export interface ServiceSummary {
  readonly name: string;
  readonly spanCount: number;
  readonly errorSpanCount: number;
}

/** @param spans all of one trace, at least one; copies count once */
export function traceSummaryOf(spans: readonly Span[]): TraceSummary {
  const trace = assembleTrace(spans);
  const root = trace.spans[0] as Span;
  const services = new Map<string, { spanCount: number; errorSpanCount: number }>();
  let minStartUnixNano = root.startUnixNano;
  let maxEndUnixNano = root.endUnixNano;
  let errorSpanCount = 0;
  for (const span of trace.spans) {
    if (span.startUnixNano < minStartUnixNano) minStartUnixNano = span.startUnixNano;
    if (span.endUnixNano > maxEndUnixNano) maxEndUnixNano = span.endUnixNano;
    const name = serviceName(span.resource);
    const service = services.get(name) ?? { spanCount: 0, errorSpanCount: 0 };
    services.set(name, service);
    service.spanCount++;
    if (span.statusCode === StatusCode.error) {
      service.errorSpanCount++;
      errorSpanCount++;
    }
  }
  return {
    traceId: trace.traceId,
    rootServiceName: serviceName(root.resource),
    rootOperationName: root.name,
    minStartUnixNano,
    maxEndUnixNano,
    spanCount: trace.spans.length,
    errorSpanCount,
    orphanSpanCount: trace.orphans.length,
    services: Array.from(services, ([name, counts]) => ({ name, ...counts })).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    ),
  };
}
