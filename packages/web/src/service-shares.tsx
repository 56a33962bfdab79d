import type { Verdict } from "@culprit/api";
import { type CSSProperties, type ReactNode, useState } from "react";
import { ServiceDot, serviceStyle } from "./service-chip.tsx";
import { formatCount, formatDuration, formatShare } from "./time-format.ts";

const SHOWN_FIRST = 6;

export function ServiceShares(props: { readonly verdict: Verdict }): ReactNode {
  const { services, operations, bottleneck, errors, durationNanos } = props.verdict;
  const [all, setAll] = useState(false);
  const shown = all ? services : services.slice(0, SHOWN_FIRST);
  return (
    <section className="shares" aria-labelledby="shares-title">
      <h2 id="shares-title">
        Critical path by service <small>{formatDuration(durationNanos)}</small>
      </h2>
      <div className="share-bar" aria-hidden="true">
        {services
          .filter(({ criticalPathNanos }) => criticalPathNanos > 0)
          .map(({ service, criticalPathShare }) => (
            <i
              key={service}
              className="svc"
              style={{ ...serviceStyle(service), "--share": criticalPathShare } as CSSProperties}
              title={`${service} ${formatShare(criticalPathShare)}`}
            />
          ))}
      </div>
      <table className="share-table">
        <thead>
          <tr>
            <th scope="col">Service</th>
            <th scope="col">Share</th>
            <th scope="col">On the path</th>
            <th scope="col">Self time</th>
            <th scope="col">Spans</th>
            <th scope="col">Errors</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((figures) => (
            <tr key={figures.service} data-culprit={figures.service === bottleneck?.service}>
              <th scope="row" title={figures.service}>
                <ServiceDot service={figures.service} />
                {figures.service}
              </th>
              <td>{formatShare(figures.criticalPathShare)}</td>
              <td>{formatDuration(figures.criticalPathNanos)}</td>
              <td>{formatDuration(figures.selfNanos)}</td>
              <td>{formatCount(figures.spanCount)}</td>
              <td className={figures.errorSpanCount > 0 ? "error-count" : "muted"}>
                {formatCount(figures.errorSpanCount)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <MoreButton
        hidden={services.length - shown.length}
        noun="services"
        onClick={() => setAll(true)}
      />
      {errors.length > 0 && <OperationTable operations={operations} shown={SHOWN_UNDER_SERVICES} />}
    </section>
  );
}

// The head of the list says it; the tail is in the waterfall.
const SHOWN_UNDER_SERVICES = 4;
const SHOWN_ALONE = 8;

/** In the place of the errors when there are none. */
export function OperationShares(props: { readonly verdict: Verdict }): ReactNode {
  const { operations } = props.verdict;
  return (
    <section className="shares" aria-labelledby="operations-title">
      <h2 id="operations-title">Critical path by operation</h2>
      <OperationTable operations={operations} shown={SHOWN_ALONE} />
    </section>
  );
}

function OperationTable(props: {
  readonly operations: Verdict["operations"];
  readonly shown: number;
}): ReactNode {
  const shown = props.operations
    .filter(({ criticalPathNanos }) => criticalPathNanos > 0)
    .slice(0, props.shown);
  if (shown.length === 0) return null;
  return (
    <table className="share-table">
      <thead>
        <tr>
          <th scope="col">Operation</th>
          <th scope="col">Share</th>
          <th scope="col">On the path</th>
        </tr>
      </thead>
      <tbody>
        {shown.map((figures) => (
          <tr key={`${figures.service} ${figures.operation}`}>
            <th scope="row" title={figures.operation}>
              <ServiceDot service={figures.service} />
              {figures.operation}
            </th>
            <td>{formatShare(figures.criticalPathShare)}</td>
            <td>{formatDuration(figures.criticalPathNanos)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function MoreButton(props: {
  readonly hidden: number;
  readonly noun: string;
  readonly onClick: () => void;
}): ReactNode {
  if (props.hidden <= 0) return null;
  return (
    <button type="button" className="link-button" onClick={props.onClick}>
      {formatCount(props.hidden)} more {props.noun}
    </button>
  );
}
