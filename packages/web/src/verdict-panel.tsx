import type { Verdict } from "@culprit/api";
import type { ReactNode } from "react";
import { ClampedHeading } from "./clamped-heading.tsx";
import { CopyButton } from "./copy-button.tsx";
import { ErrorChains } from "./error-chains.tsx";
import { FindingList } from "./finding-list.tsx";
import { OperationShares, ServiceShares } from "./service-shares.tsx";
import {
  formatClock,
  formatDate,
  formatDuration,
  formatInstant,
  formatShare,
  plural,
} from "./time-format.ts";
import type { TraceColumns } from "./trace-columns.ts";
import type { Resource } from "./use-resource.ts";

export interface SpanPicker {
  readonly columns: TraceColumns;
  readonly onSelect: (spanId: string | undefined) => void;
}

export function VerdictPanel(
  props: SpanPicker & { readonly verdict: Resource<Verdict> },
): ReactNode {
  const { columns, verdict, onSelect } = props;
  if (verdict.state !== "ready") {
    return (
      <section className="verdict" aria-label="Verdict" aria-busy={verdict.state === "loading"}>
        <div className="verdict-head">
          <Actions traceId={columns.traceId} />
        </div>
        {verdict.state === "failed" ? (
          <>
            <p className="verdict-summary">The verdict could not be read</p>
            <p className="muted">{verdict.error.message}. The spans below are complete.</p>
          </>
        ) : (
          <VerdictSkeleton />
        )}
      </section>
    );
  }
  const { data } = verdict;
  return (
    <section className="verdict" aria-label="Verdict">
      <div className="verdict-head">
        <Facts verdict={data} />
        <Actions traceId={columns.traceId} />
      </div>
      <div className="verdict-hero">
        <ClampedHeading className="verdict-summary" text={data.summary} />
        {data.bottleneck !== null && <BottleneckFigure bottleneck={data.bottleneck} />}
      </div>
      {data.warnings.length > 0 && (
        <ul className="warnings" aria-label="Warnings">
          {data.warnings.map((warning) => (
            <li key={warning} className="clamp-3" title={warning}>
              {warning}
            </li>
          ))}
        </ul>
      )}
      <div className="verdict-body">
        <ServiceShares verdict={data} />
        {data.errors.length === 0 ? (
          <OperationShares verdict={data} />
        ) : (
          <ErrorChains errors={data.errors} columns={columns} onSelect={onSelect} />
        )}
        <FindingList findings={data.findings} columns={columns} onSelect={onSelect} />
      </div>
    </section>
  );
}

/** As high as most verdicts, so that little moves when it comes. */
export function VerdictSkeleton(): ReactNode {
  return (
    <>
      <p className="visually-hidden" role="status">
        Judging the trace
      </p>
      <div className="skeleton skeleton-summary" />
      <div className="skeleton skeleton-body" />
    </>
  );
}

function Facts(props: { readonly verdict: Verdict }): ReactNode {
  const { root, startUnixNano, durationNanos, spanCount, serviceCount, errorSpanCount } =
    props.verdict;
  return (
    <ul className="facts">
      <li className="clamp-2" title={`${root.service} ${root.operation}`}>
        <b>{root.service}</b> {root.operation}
      </li>
      <li>
        <b>{formatDuration(durationNanos)}</b>
      </li>
      <li>{plural(spanCount, "span")}</li>
      <li>{plural(serviceCount, "service")}</li>
      {errorSpanCount > 0 && <li className="error-count">{plural(errorSpanCount, "error")}</li>}
      <li title={formatInstant(startUnixNano)}>
        {formatDate(startUnixNano, Date.now())}, {formatClock(startUnixNano)}
      </li>
    </ul>
  );
}

function BottleneckFigure(props: {
  readonly bottleneck: NonNullable<Verdict["bottleneck"]>;
}): ReactNode {
  const { service, operation, criticalPathNanos, criticalPathShare, operationNanos } =
    props.bottleneck;
  return (
    <dl className="bottleneck">
      <dt>Bottleneck</dt>
      <dd>
        <strong>{formatShare(criticalPathShare)}</strong>
        <span className="clamp-3" title={service}>
          <b>{service}</b>, {formatDuration(criticalPathNanos)} of the critical path
        </span>
        <span className="clamp-3" title={operation}>
          {formatDuration(operationNanos)} in {operation}
        </span>
      </dd>
    </dl>
  );
}

function Actions(props: { readonly traceId: string }): ReactNode {
  const { traceId } = props;
  return (
    <div className="verdict-actions">
      <CopyButton label="Copy the trace id" text={() => traceId} className="link-button mono">
        {traceId.length > 16 ? `${traceId.slice(0, 8)}…${traceId.slice(-4)}` : traceId}
      </CopyButton>
      <CopyButton label="Copy a link to this view" text={() => window.location.href}>
        Copy link
      </CopyButton>
      <a
        className="button"
        href={`/api/traces/${encodeURIComponent(traceId)}`}
        download={`trace-${traceId}.json`}
      >
        Download JSON
      </a>
    </div>
  );
}
