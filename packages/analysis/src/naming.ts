// How sentences call spans and operations.

import { SpanKind, type Trace } from "@culprit/trace-model";

/** `order-service / pg.query:SELECT order_db` */
export function operationOf(trace: Trace, row: number): string {
  return `${service(trace, row)} / ${operation(trace, row)}`;
}

/** The same with ` (in save_order_to_db)` after an automatic span: the application's own span that it ran in. */
export function placeOf(trace: Trace, row: number): string {
  return `${operationOf(trace, row)}${enclosing(trace, row)}`;
}

export function enclosing(trace: Trace, row: number): string {
  const above = trace.parent[row] as number;
  const kind = trace.spans[row]?.kind;
  if (above < 0 || (kind !== SpanKind.client && kind !== SpanKind.producer)) return "";
  if (trace.service[above] !== trace.service[row]) return "";
  if (trace.spans[above]?.kind !== SpanKind.internal) return "";
  return ` (in ${operation(trace, above)})`;
}

export function service(trace: Trace, row: number): string {
  return trace.services[trace.service[row] as number] as string;
}

export function operation(trace: Trace, row: number): string {
  return trace.spans[row]?.name ?? "";
}
