import { useWindowVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useMemo,
  useState,
} from "react";
import { connectorPath, rowPositions } from "./path-connectors.ts";
import type { PathOverlay } from "./path-overlay.ts";
import type { RowMatches } from "./row-search.ts";
import { ticksFor } from "./time-axis.tsx";
import type { TimeWindow } from "./time-window.ts";
import { at, type TraceColumns } from "./trace-columns.ts";
import { isVisible, positionOf } from "./visible-rows.ts";
import { WaterfallRow } from "./waterfall-row.tsx";

const BLOCK_ROWS = 64;

/** What covers the screen's top and bottom: the sticky head, the sheet. */
export interface Covered {
  readonly topPx: number;
  readonly bottomPx: number;
}

export interface WaterfallRowsProps {
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly columns: TraceColumns;
  readonly overlay: PathOverlay | undefined;
  readonly visible: Int32Array;
  readonly collapsed: ReadonlySet<number>;
  readonly matches: RowMatches | undefined;
  /** Rows where a failure began. */
  readonly origins: ReadonlySet<number>;
  readonly window: TimeWindow;
  readonly widthPx: number;
  readonly rowHeightPx: number;
  readonly barMiddlePx: number;
  readonly covered: () => Covered;
  readonly cursor: number;
  readonly selected: number | undefined;
  /** A row to bring into view; a new object asks again. */
  readonly target: { readonly row: number } | undefined;
  readonly onPick: (row: number) => void;
  readonly onToggle: (row: number) => void;
  readonly onKey: (event: KeyboardEvent<HTMLElement>) => void;
}

export function WaterfallRows(props: WaterfallRowsProps): ReactNode {
  const { columns, visible, cursor, rowHeightPx, target, window: shown, widthPx } = props;
  const tree = props.ref;
  const scrollMargin = useTop(tree);
  const virtualizer = useWindowVirtualizer({
    count: visible.length,
    estimateSize: () => rowHeightPx,
    overscan: 16,
    scrollMargin,
  });

  useLayoutEffect(() => {
    void rowHeightPx;
    virtualizer.measure();
  }, [virtualizer, rowHeightPx]);

  // Only a new target scrolls, not a change of what is visible.
  useEffect(() => {
    const box = tree.current?.getBoundingClientRect();
    if (target === undefined || box === undefined || !isVisible(visible, target.row)) return;
    const top = box.top + window.scrollY + positionOf(visible, target.row) * rowHeightPx;
    scrollTo(top, rowHeightPx, props.covered());
  }, [target]);

  const onClick = (event: MouseEvent<HTMLElement>): void => {
    const from = event.target as Element;
    const row = Number(from.closest<HTMLElement>("[data-row]")?.dataset.row ?? Number.NaN);
    if (Number.isNaN(row)) return;
    if (from.closest("[data-toggle]") === null) props.onPick(row);
    else props.onToggle(row);
  };
  const items = virtualizer.getVirtualItems();
  const offset = (items[0]?.start ?? scrollMargin) - scrollMargin;
  const positions = useMemo(() => rowPositions(columns.count, visible), [columns, visible]);
  // By blocks of rows, so that most frames of a scroll find the lines already drawn.
  const first = Math.floor((items[0]?.index ?? 0) / BLOCK_ROWS) * BLOCK_ROWS;
  const last = Math.ceil(((items.at(-1)?.index ?? 0) + 1) / BLOCK_ROWS) * BLOCK_ROWS - 1;
  const { overlay, barMiddlePx } = props;
  const connectors = useMemo(() => {
    if (overlay === undefined || widthPx === 0) return "";
    const view = { positions, first, last, window: shown, widthPx, rowHeightPx, barMiddlePx };
    return connectorPath(overlay, view);
  }, [overlay, positions, first, last, shown, widthPx, rowHeightPx, barMiddlePx]);
  return (
    <div
      ref={tree}
      className="rows"
      role="tree"
      aria-label="Spans"
      aria-activedescendant={`row-${cursor}`}
      tabIndex={0}
      onClick={onClick}
      onKeyDown={props.onKey}
      style={{ height: virtualizer.getTotalSize() }}
    >
      <div className="grid-lines" aria-hidden="true">
        {ticksFor(shown, widthPx, columns.durationNanos).map(({ label, fraction }) => (
          <i key={label} style={{ "--at": fraction } as CSSProperties} />
        ))}
      </div>
      {connectors !== "" && (
        <svg
          className="connectors"
          width={widthPx}
          height={(last - first + 1) * rowHeightPx}
          style={{ top: first * rowHeightPx }}
          aria-hidden="true"
        >
          <path d={connectors} />
        </svg>
      )}
      <div role="presentation" style={{ transform: `translateY(${offset}px)` }}>
        {items.map(({ index }) => {
          const row = at(visible, index);
          return (
            <WaterfallRow
              key={row}
              row={row}
              columns={columns}
              overlay={props.overlay}
              window={shown}
              widthPx={widthPx}
              collapsed={props.collapsed.has(row)}
              selected={row === props.selected}
              active={row === cursor}
              origin={props.origins.has(row)}
              match={props.matches && props.matches.mask[row] === 1}
            />
          );
        })}
      </div>
    </div>
  );
}

// Rows already in view stay put, near ones come by the least scrolling, far ones to the middle.
const NEAR_ROWS = 3;

function scrollTo(top: number, rowHeightPx: number, covered: Covered): void {
  const from = window.scrollY + covered.topPx;
  const to = window.scrollY + window.innerHeight - covered.bottomPx;
  const above = from - top;
  const below = top + rowHeightPx - to;
  if (above <= 0 && below <= 0) return;
  const middle = top + rowHeightPx / 2 - (from + to) / 2;
  const near = Math.max(above, below) <= NEAR_ROWS * rowHeightPx;
  window.scrollBy({ top: near ? (above > 0 ? -above : below) : middle, behavior: "instant" });
}

/** Distance from the document's top; what is above may change its height. */
function useTop(element: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const measure = (): void => {
      const box = element.current?.getBoundingClientRect();
      if (box !== undefined) setTop(Math.round(box.top + window.scrollY));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);
  return top;
}
