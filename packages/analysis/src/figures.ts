// The tables of a verdict: time by service and by operation.

import type { OperationFigures, ServiceFigures } from "@culprit/api";
import {
  type DurationNanos,
  float64Column,
  int32Column,
  StatusCode,
  type Trace,
} from "@culprit/trace-model";

/** One entry a service or operation, by its number in the trace. */
export interface FigureColumns {
  readonly criticalPathNanos: Float64Array;
  readonly selfNanos: Float64Array;
  readonly spanCount: Int32Array;
  readonly errorSpanCount: Int32Array;
}

export interface Figures {
  readonly services: FigureColumns;
  readonly operations: FigureColumns;
}

function columns(count: number): FigureColumns {
  return {
    criticalPathNanos: float64Column(count),
    selfNanos: float64Column(count),
    spanCount: int32Column(count),
    errorSpanCount: int32Column(count),
  };
}

/** @param pathNanos @param selfNanos one a row */
export function figuresOf(trace: Trace, pathNanos: Float64Array, selfNanos: Float64Array): Figures {
  const operations = columns(trace.operations.length);
  for (let row = 0; row < trace.spans.length; row++) {
    const at = trace.operation[row] as number;
    add(operations.criticalPathNanos, at, pathNanos[row] as number);
    add(operations.selfNanos, at, selfNanos[row] as number);
    add(operations.spanCount, at, 1);
    if (trace.spans[row]?.statusCode === StatusCode.error) add(operations.errorSpanCount, at, 1);
  }
  const services = columns(trace.services.length);
  trace.operations.forEach(({ service }, operation) => {
    add(services.criticalPathNanos, service, operations.criticalPathNanos[operation] as number);
    add(services.selfNanos, service, operations.selfNanos[operation] as number);
    add(services.spanCount, service, operations.spanCount[operation] as number);
    add(services.errorSpanCount, service, operations.errorSpanCount[operation] as number);
  });
  return { services, operations };
}

function add(column: Float64Array | Int32Array, at: number, amount: number): void {
  column[at] = (column[at] as number) + amount;
}

/** 0 of a root without length: nothing held it. */
export function shareOf(nanos: DurationNanos, rootNanos: DurationNanos): number {
  return rootNanos > 0 ? nanos / rootNanos : 0;
}

export function serviceTable(trace: Trace, figures: Figures): ServiceFigures[] {
  const rootNanos = trace.durationNanos[0] as number;
  return trace.services
    .map((service, i) => ({ service, ...entry(figures.services, i, rootNanos) }))
    .sort(byTime);
}

export function operationTable(trace: Trace, figures: Figures): OperationFigures[] {
  const rootNanos = trace.durationNanos[0] as number;
  return trace.operations
    .map(({ service, name }, i) => ({
      service: trace.services[service] as string,
      operation: name,
      ...entry(figures.operations, i, rootNanos),
    }))
    .sort((a, b) => byTime(a, b) || order(a.operation, b.operation));
}

function entry(
  from: FigureColumns,
  at: number,
  rootNanos: DurationNanos,
): Omit<ServiceFigures, "service"> {
  const criticalPathNanos = from.criticalPathNanos[at] as number;
  return {
    criticalPathNanos,
    criticalPathShare: shareOf(criticalPathNanos, rootNanos),
    selfNanos: from.selfNanos[at] as number,
    spanCount: from.spanCount[at] as number,
    errorSpanCount: from.errorSpanCount[at] as number,
  };
}

function byTime(a: ServiceFigures, b: ServiceFigures): number {
  return (
    b.criticalPathNanos - a.criticalPathNanos ||
    b.selfNanos - a.selfNanos ||
    order(a.service, b.service)
  );
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
