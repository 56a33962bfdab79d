import type { TraceListItem } from "@culprit/api";
import type { CSSProperties, ReactNode } from "react";
import { Link } from "react-router";
import { ServiceChip, serviceStyle } from "./service-chip.tsx";
import {
  formatAge,
  formatClock,
  formatCount,
  formatDate,
  formatDuration,
  formatInstant,
  plural,
} from "./time-format.ts";

// More chips than this would wrap to a third line at 1440 px.
const MAX_CHIPS = 8;

export function TraceRow(props: {
  readonly trace: TraceListItem;
  readonly longestNanos: number;
  readonly now: number;
}): ReactNode {
  const { trace, longestNanos, now } = props;
  const share = { "--share": trace.durationNanos / longestNanos } as CSSProperties;
  const chips = trace.services.slice(0, MAX_CHIPS);
  const rest = trace.services.length - chips.length;
  return (
    <li className="trace-row" data-failed={trace.errorSpanCount > 0}>
      <Link to={`/trace/${trace.traceId}`} className="trace-link">
        <span className="trace-summary" title={trace.summary}>
          {trace.summary}
        </span>
        <span className="trace-meta">
          <span
            className="trace-root clamp-2"
            title={`${trace.root.service} ${trace.root.operation}`}
          >
            <b>{trace.root.service}</b> {trace.root.operation}
          </span>
          <span className="trace-services">
            {chips.map(({ name, spanCount }) => (
              <ServiceChip key={name} service={name} count={spanCount} />
            ))}
            {rest > 0 && <span className="chip">+{rest}</span>}
          </span>
        </span>
        <span className="trace-duration">
          {formatDuration(trace.durationNanos)}
          <span
            className="trace-bar svc"
            style={{ ...serviceStyle(trace.root.service), ...share }}
            aria-hidden="true"
          />
        </span>
        <span className="trace-counts">
          {trace.errorSpanCount > 0 && (
            <span className="error-count">{plural(trace.errorSpanCount, "error")}</span>
          )}
          <span title={`${formatCount(trace.spanCount)} spans`}>
            {plural(trace.spanCount, "span")}
          </span>
        </span>
        <span className="trace-time" title={formatInstant(trace.startUnixNano)}>
          <span>{formatAge(trace.startUnixNano, now)}</span>
          <small>
            {formatDate(trace.startUnixNano, now)} {formatClock(trace.startUnixNano).slice(0, 8)}
          </small>
        </span>
      </Link>
    </li>
  );
}
