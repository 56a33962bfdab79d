import type { ReactNode } from "react";
import { ServiceDot } from "./service-chip.tsx";
import { operationName, serviceName, type TraceColumns } from "./trace-columns.ts";

/** A span by name; opens it in the waterfall. */
export function SpanLink(props: {
  readonly columns: TraceColumns;
  readonly spanId: string;
  readonly onSelect: (spanId: string) => void;
}): ReactNode {
  const { columns, spanId, onSelect } = props;
  const row = columns.rowOf(spanId);
  if (row === undefined) return <code className="muted">{spanId}</code>;
  const service = serviceName(columns, row);
  return (
    <button type="button" className="span-link" onClick={() => onSelect(spanId)}>
      <ServiceDot service={service} />
      <b>{service}</b> <span>{operationName(columns, row)}</span>
    </button>
  );
}

/** The same by its operation alone, where the service is said already. */
export function OperationLink(props: {
  readonly columns: TraceColumns;
  readonly spanId: string;
  readonly onSelect: (spanId: string) => void;
}): ReactNode {
  const { columns, spanId, onSelect } = props;
  const row = columns.rowOf(spanId);
  if (row === undefined) return <code className="muted">{spanId}</code>;
  return (
    <button type="button" className="span-link" onClick={() => onSelect(spanId)}>
      <span>{operationName(columns, row)}</span>
    </button>
  );
}
