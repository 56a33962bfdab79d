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
  const operation = operationName(columns, row);
  return (
    <button
      type="button"
      className="span-link"
      title={`${service} ${operation}`}
      onClick={() => onSelect(spanId)}
    >
      <ServiceDot service={service} />
      <b className="span-link-service">{service}</b> <span>{operation}</span>
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
  const operation = operationName(columns, row);
  return (
    <button type="button" className="span-link" title={operation} onClick={() => onSelect(spanId)}>
      <span>{operation}</span>
    </button>
  );
}
