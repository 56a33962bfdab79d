// One trace in, the verdict out. Pure, and the same for the same spans.

import type { Bottleneck, CriticalPathSection, SpanRef, Verdict, VerdictError } from "@culprit/api";
import { type Trace, unixNanosAt } from "@culprit/trace-model";
import type { AnalysisOptions } from "./analysis-options.ts";
import { type Facts, factsOf } from "./facts.ts";
import { operationTable, serviceTable } from "./figures.ts";
import { findAll } from "./findings/registry.ts";
import { operation, service } from "./naming.ts";
import { summaryOf } from "./sentences.ts";

export function analyzeTrace(assembled: Trace, options: AnalysisOptions = {}): Verdict {
  const facts = factsOf(assembled, options);
  const { trace } = facts;
  const { findings, warnings } = findAll(facts);
  const services = serviceTable(trace, facts.figures);
  return {
    schema: 1,
    traceId: trace.traceId,
    root: spanRef(trace, 0),
    startUnixNano: trace.originUnixNano.toString(),
    durationNanos: facts.rootNanos,
    spanCount: trace.spans.length,
    serviceCount: trace.services.length,
    errorSpanCount: services.reduce((sum, { errorSpanCount }) => sum + errorSpanCount, 0),
    orphanSpanCount: trace.orphans.length,
    warnings: [...trace.warnings, ...omittedErrors(facts), ...warnings],
    criticalPath: sections(facts),
    services,
    operations: operationTable(trace, facts.figures),
    bottleneck: bottleneckOf(facts),
    errors: verdictErrors(facts),
    findings: [...findings],
    summary: summaryOf(facts),
  };
}

function spanRef(trace: Trace, row: number): SpanRef {
  return {
    service: service(trace, row),
    operation: operation(trace, row),
    spanId: trace.spanIds[row] as string,
  };
}

function omittedErrors({ omittedErrors: count, errors }: Facts): string[] {
  return count === 0
    ? []
    : [`${count} more errors left out: only the first ${errors.length} shown`];
}

function sections({ trace, path }: Facts): CriticalPathSection[] {
  const list: CriticalPathSection[] = new Array(path.row.length);
  // A section begins where the one before it ends.
  let startUnixNano = trace.originUnixNano.toString();
  for (let i = 0; i < list.length; i++) {
    const { service, operation, spanId } = spanRef(trace, path.row[i] as number);
    const endUnixNano = unixNanosAt(trace, path.endNanos[i] as number).toString();
    list[i] = { service, operation, spanId, startUnixNano, endUnixNano };
    startUnixNano = endUnixNano;
  }
  return list;
}

function bottleneckOf({ trace, bottleneck }: Facts): Bottleneck | null {
  if (bottleneck === undefined) return null;
  return {
    service: trace.services[bottleneck.service] as string,
    operation: trace.operations[bottleneck.operation]?.name ?? "",
    criticalPathNanos: bottleneck.serviceNanos,
    criticalPathShare: bottleneck.share,
    operationNanos: bottleneck.operationNanos,
  };
}

function verdictErrors({ trace, errors }: Facts): VerdictError[] {
  const id = (row: number): string => trace.spanIds[row] as string;
  return errors.map((error) => ({
    ...spanRef(trace, error.row),
    type: error.type,
    message: error.message,
    marked: error.marked,
    criticalPathNanos: error.criticalPathNanos,
    propagatedTo: error.propagatedTo.map(id),
    swallowedBy: error.swallowedBy < 0 ? null : id(error.swallowedBy),
  }));
}
