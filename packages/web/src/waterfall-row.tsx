import { type CSSProperties, memo, type ReactNode } from "react";
import { type PathOverlay, sectionPath } from "./path-overlay.ts";
import { serviceStyle } from "./service-chip.tsx";
import { formatCount, formatDuration } from "./time-format.ts";
import type { TimeWindow } from "./time-window.ts";
import {
  at,
  hasChildren,
  operationName,
  STATUS_ERROR,
  serviceName,
  type TraceColumns,
} from "./trace-columns.ts";

// Deeper rows keep this indent and say their depth: a chain of 10,000 would else leave the screen.
const MAX_INDENT = 16;
const PATH_HEIGHT_PX = 4;

export interface WaterfallRowProps {
  readonly row: number;
  readonly columns: TraceColumns;
  readonly overlay: PathOverlay | undefined;
  readonly window: TimeWindow;
  readonly widthPx: number;
  readonly collapsed: boolean;
  readonly selected: boolean;
  readonly active: boolean;
  /** A failure began here. */
  readonly origin: boolean;
  /** undefined: no search. */
  readonly match: boolean | undefined;
}

export const WaterfallRow: (props: WaterfallRowProps) => ReactNode = memo(function WaterfallRow(
  props: WaterfallRowProps,
): ReactNode {
  const { row, columns, collapsed } = props;
  const depth = at(columns.depth, row);
  const parent = at(columns.parent, row);
  const service = serviceName(columns, row);
  const operation = operationName(columns, row);
  const failed = columns.status[row] === STATUS_ERROR;
  const onPath = props.overlay === undefined || props.overlay.mask[row] === 1;
  const newService = parent < 0 || at(columns.service, parent) !== at(columns.service, row);
  const duration = formatDuration(at(columns.duration, row));
  return (
    <div
      id={`row-${row}`}
      data-row={row}
      role="treeitem"
      tabIndex={-1}
      aria-level={depth + 1}
      aria-selected={props.selected}
      aria-expanded={hasChildren(columns, row) ? !collapsed : undefined}
      aria-label={`${service} ${operation}, ${duration}${failed ? ", error" : ""}`}
      className="row svc"
      data-active={props.active}
      data-failed={failed}
      data-origin={props.origin}
      data-on-path={onPath}
      data-match={props.match}
      style={{ ...serviceStyle(service), "--indent": Math.min(depth, MAX_INDENT) } as CSSProperties}
    >
      <span className="row-label">
        <Caret columns={columns} row={row} collapsed={collapsed} />
        {depth > MAX_INDENT && <small className="row-depth">{formatCount(depth)}</small>}
        <i className="dot" />
        {failed && <ErrorMark />}
        <span className="row-name">
          {newService && <b>{service}</b>} {operation}
        </span>
        <span className="row-duration">{duration}</span>
      </span>
      <span className="row-time">
        <Bar {...props} />
      </span>
    </div>
  );
});

function Caret(props: {
  readonly columns: TraceColumns;
  readonly row: number;
  readonly collapsed: boolean;
}): ReactNode {
  const { columns, row, collapsed } = props;
  if (!hasChildren(columns, row)) return <span className="caret" />;
  const below = at(columns.subtreeEnd, row) - row - 1;
  return (
    <span className="caret" data-toggle="" data-collapsed={collapsed}>
      <svg viewBox="0 0 8 8" width="8" height="8" aria-hidden="true">
        <path d="M1 2.5 4 5.5 7 2.5" fill="none" stroke="currentColor" strokeWidth="1.4" />
      </svg>
      {collapsed && <small>{formatCount(below)}</small>}
    </span>
  );
}

export function ErrorMark(): ReactNode {
  return (
    <svg className="error-mark" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      <path d="M6 .8 11.6 11H.4z" fill="currentColor" />
      <path d="M6 4.2v3.4M6 8.8v1" className="error-mark-sign" />
    </svg>
  );
}

function Bar(props: WaterfallRowProps): ReactNode {
  const { row, columns, overlay, window, widthPx } = props;
  const width = window.end - window.start;
  const from = (at(columns.start, row) - window.start) / width;
  const to = from + at(columns.duration, row) / width;
  if (to < 0 || from > 1)
    return <i className="bar-outside" data-side={to < 0 ? "before" : "after"} />;
  // Cut a little outside the window: at a zoom of a million a bar would be wider than a browser can draw.
  const left = Math.max(from, -0.01);
  const right = Math.min(to, 1.01);
  const path =
    overlay === undefined ? "" : sectionPath(overlay, row, window, widthPx, PATH_HEIGHT_PX);
  return (
    <>
      <i className="bar" style={{ left: `${left * 100}%`, width: `${(right - left) * 100}%` }} />
      {path !== "" && (
        <svg className="path" width={widthPx} height={PATH_HEIGHT_PX} aria-hidden="true">
          <path d={path} />
        </svg>
      )}
    </>
  );
}
