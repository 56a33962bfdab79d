import type { VerdictError } from "@culprit/api";
import { type ReactNode, useState } from "react";
import { ServiceDot } from "./service-chip.tsx";
import { MoreButton } from "./service-shares.tsx";
import { OperationLink } from "./span-link.tsx";
import { formatDuration } from "./time-format.ts";
import { serviceName, type TraceColumns } from "./trace-columns.ts";
import type { SpanPicker } from "./verdict-panel.tsx";

const SHOWN_FIRST = 3;

export function ErrorChains(
  props: SpanPicker & { readonly errors: readonly VerdictError[] },
): ReactNode {
  const { errors } = props;
  const [all, setAll] = useState(false);
  const shown = all ? errors : errors.slice(0, SHOWN_FIRST);
  return (
    <section className="errors" aria-labelledby="errors-title">
      <h2 id="errors-title">
        Errors <small>{errors.length === 1 ? "one origin" : `${errors.length} origins`}</small>
      </h2>
      <ol className="chains">
        {shown.map((error) => (
          <Chain
            key={error.spanId}
            error={error}
            columns={props.columns}
            onSelect={props.onSelect}
          />
        ))}
      </ol>
      <MoreButton
        hidden={errors.length - shown.length}
        noun="errors"
        onClick={() => setAll(true)}
      />
    </section>
  );
}

function Chain(props: SpanPicker & { readonly error: VerdictError }): ReactNode {
  const { error, columns } = props;
  return (
    <li className="chain">
      <p className="chain-message" title={`${error.type} ${error.message}`}>
        <b>{error.type}</b> {error.message !== error.type && error.message}
      </p>
      <ol className="chain-spans">
        <Step label="began in" spanIds={[error.spanId]} {...props} />
        {byService(columns, error.propagatedTo).map((spanIds, index) => (
          <Step
            key={spanIds[0]}
            label={index === 0 ? "then failed" : "then"}
            spanIds={spanIds}
            {...props}
          />
        ))}
        {error.swallowedBy !== null && (
          <Step label="swallowed by" spanIds={[error.swallowedBy]} {...props} />
        )}
      </ol>
      {(!error.marked || error.criticalPathNanos > 0) && (
        <p className="chain-note">
          {error.criticalPathNanos > 0 &&
            `${formatDuration(error.criticalPathNanos)} of the critical path. `}
          {!error.marked && "The span's status does not say that it failed."}
        </p>
      )}
    </li>
  );
}

/** Spans of one service, from callee to caller. */
function Step(
  props: SpanPicker & { readonly label: string; readonly spanIds: readonly string[] },
): ReactNode {
  const { columns, onSelect } = props;
  const first = columns.rowOf(props.spanIds[0] ?? "");
  const service = first === undefined ? "" : serviceName(columns, first);
  return (
    <li>
      <small>{props.label}</small>
      <span className="chain-step">
        <ServiceDot service={service} />
        <b className="chain-service" title={service}>
          {service}
        </b>{" "}
        {props.spanIds.map((spanId, index) => (
          <span key={spanId}>
            {index > 0 && <i aria-hidden="true"> → </i>}
            <OperationLink columns={columns} spanId={spanId} onSelect={onSelect} />
          </span>
        ))}
      </span>
    </li>
  );
}

/** Neighbours of one service together. */
function byService(columns: TraceColumns, spanIds: readonly string[]): string[][] {
  const steps: string[][] = [];
  let last: number | undefined;
  for (const spanId of spanIds) {
    const row = columns.rowOf(spanId);
    const service = row === undefined ? undefined : columns.service[row];
    const step = steps.at(-1);
    if (step === undefined || service !== last) steps.push([spanId]);
    else step.push(spanId);
    last = service;
  }
  return steps;
}
