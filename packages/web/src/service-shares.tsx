import type { Verdict } from "@culprit/api";
import { type CSSProperties, type ReactNode, useState } from "react";
import { ServiceDot, serviceStyle } from "./service-chip.tsx";
import { formatCount, formatDuration, formatShare } from "./time-format.ts";

const SHOWN_FIRST = 6;

export function ServiceShares(props: { readonly verdict: Verdict }): ReactNode {
  const { services, bottleneck, durationNanos } = props.verdict;
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
              <th scope="row">
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
    </section>
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
