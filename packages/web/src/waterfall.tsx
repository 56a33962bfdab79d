import type { Verdict } from "@culprit/api";
import {
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from "react";
import { LabelSplitter, useLabelWidth } from "./label-splitter.tsx";
import { Minimap } from "./minimap.tsx";
import { pathOverlay } from "./path-overlay.ts";
import { errorRows, matchingRows, nextRow } from "./row-search.ts";
import { SpanPanel } from "./span-panel.tsx";
import { TimeAxis } from "./time-axis.tsx";
import { panWindow, spanWindow, wholeWindow, zoomWindow } from "./time-window.ts";
import { at, type TraceColumns } from "./trace-columns.ts";
import { type TreeCommand, treeCommand } from "./tree-keys.ts";
import { useMediaQuery } from "./use-media-query.ts";
import { usePageKeys } from "./use-page-keys.ts";
import { useWheelZoom } from "./use-wheel-zoom.ts";
import { useWidth } from "./use-width.ts";
import { visibleRows } from "./visible-rows.ts";
import { type Covered, WaterfallRows } from "./waterfall-rows.tsx";
import {
  initialState,
  nextState,
  type WaterfallAction,
  type WaterfallState,
} from "./waterfall-state.ts";
import { WaterfallToolbar } from "./waterfall-toolbar.tsx";

// As in waterfall.css: one line a row, or name above bar.
const ROW = { heightPx: 24, barMiddlePx: 12 };
const NARROW_ROW = { heightPx: 40, barMiddlePx: 30 };

export function Waterfall(props: {
  readonly columns: TraceColumns;
  readonly verdict: Verdict | undefined;
  readonly spanId: string | undefined;
  readonly onSelect: (spanId: string | undefined) => void;
}): ReactNode {
  const { columns, verdict, spanId, onSelect } = props;
  const narrow = useMediaQuery("(max-width: 800px)");
  const [state, dispatch] = useReducer(
    (before: WaterfallState, action: WaterfallAction) => nextState(columns, before, action),
    columns,
    initialState,
  );
  const [target, setTarget] = useState<{ readonly row: number }>();
  const { collapsed, pathOnly, typed, window: shown, cursor } = state;

  const overlay = useMemo(
    () => verdict && pathOverlay(columns, verdict.criticalPath),
    [columns, verdict],
  );
  const origins = useMemo(
    () => new Set(verdict?.errors.map((error) => columns.rowOf(error.spanId) ?? -1)),
    [columns, verdict],
  );
  const mask = overlay?.mask;
  const visible = useMemo(
    () => visibleRows(columns, collapsed, pathOnly ? mask : undefined),
    [columns, collapsed, pathOnly, mask],
  );
  const matches = useMemo(() => matchingRows(columns, typed), [columns, typed]);
  const failed = useMemo(() => errorRows(columns), [columns]);
  const selected = spanId === undefined ? undefined : columns.rowOf(spanId);

  const section = useRef<HTMLElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const timeline = useRef<HTMLDivElement>(null);
  const tree = useRef<HTMLDivElement>(null);
  const axis = useRef<HTMLDivElement>(null);
  const widthPx = useWidth(axis);
  const label = useLabelWidth();

  const go = useCallback(
    (row: number) => {
      dispatch({ do: "go", row, mask });
      setTarget({ row });
    },
    [mask],
  );
  // However a span was chosen (a row, the verdict, the URL), it becomes visible; a row already in view stays put.
  useEffect(() => {
    if (selected !== undefined) go(selected);
  }, [selected, go]);

  const whole = wholeWindow(columns.durationNanos);
  const setWindow = (next: typeof shown): void => dispatch({ do: "window", window: next });
  const latest = useRef(shown);
  latest.current = shown;
  const zoom = useCallback(
    (factor: number, anchor: number) =>
      dispatch({
        do: "window",
        window: zoomWindow(latest.current, wholeWindow(columns.durationNanos), factor, anchor),
      }),
    [columns],
  );
  const pan = useCallback(
    (by: number) =>
      dispatch({
        do: "window",
        window: panWindow(latest.current, wholeWindow(columns.durationNanos), by),
      }),
    [columns],
  );
  useWheelZoom(axis, section, zoom, pan);

  const pick = (row: number): void => onSelect(columns.spanIds[row]);
  // With the details open they follow the cursor.
  const move = (row: number | undefined): void => {
    if (row === undefined) return;
    go(row);
    if (selected !== undefined) pick(row);
  };
  const nextError = (backwards: boolean): void => {
    const row = nextRow(failed, cursor, backwards);
    if (row === undefined) return;
    go(row);
    pick(row);
  };
  const run = (command: TreeCommand): void => {
    switch (command.do) {
      case "go":
        move(command.row);
        break;
      case "toggle":
        dispatch(command);
        break;
      case "open":
        pick(cursor);
        break;
      case "close":
        onSelect(undefined);
        break;
      case "zoom":
        zoom(command.factor, 0.5);
        break;
      case "pan":
        pan(command.by);
        break;
      case "fit":
        setWindow(spanWindow(at(columns.start, cursor), at(columns.duration, cursor), whole));
        break;
      case "reset":
        setWindow(whole);
        break;
      case "next-error":
        nextError(command.backwards);
        break;
    }
  };
  // On narrow screens only the axis sticks, and the details cover 60 % (panel.css).
  const covered = (): Covered => ({
    topPx: (narrow ? timeline : head).current?.offsetHeight ?? 0,
    bottomPx: narrow && selected !== undefined ? window.innerHeight * 0.6 : 8,
  });
  const { heightPx, barMiddlePx } = narrow ? NARROW_ROW : ROW;
  const pageRows = Math.max(1, Math.floor(window.innerHeight / heightPx) - 8);
  const runKey = (key: string): boolean => {
    const command = treeCommand(key, { columns, visible, collapsed, cursor, pageRows });
    if (command === undefined) return false;
    run(command);
    return true;
  };
  const onKey = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (runKey(event.key)) event.preventDefault();
  };
  // A key pressed elsewhere takes the focus and the eye to the tree.
  usePageKeys((key) => {
    if (!runKey(key)) return false;
    if (key === "Escape") return true;
    tree.current?.focus({ preventScroll: true });
    setTarget((before) => ({ row: before?.row ?? cursor }));
    return true;
  });

  return (
    <section
      ref={section}
      className="waterfall"
      aria-label="Waterfall"
      data-details={selected !== undefined}
      style={label.style}
    >
      <div className="waterfall-main">
        <div ref={head} className="waterfall-head">
          <WaterfallToolbar
            typed={typed}
            matchCount={matches?.rows.length}
            errorCount={failed.length}
            pathOnly={pathOnly}
            hasPath={overlay !== undefined}
            zoomed={shown.start > whole.start || shown.end < whole.end}
            onType={(text) => dispatch({ do: "type", typed: text })}
            onNextMatch={(backwards) => move(matches && nextRow(matches.rows, cursor, backwards))}
            onNextError={() => nextError(false)}
            onPathOnly={(on) => dispatch({ do: "path-only", on })}
            onCollapse={() => dispatch({ do: "collapse-all" })}
            onExpand={() => dispatch({ do: "expand-all" })}
            onReset={() => setWindow(whole)}
          />
          <div ref={timeline} className="timeline-head">
            <p className="timeline-hint muted">
              ↑↓ move, ←→ fold, Enter details, e error, f fit, + − 0 zoom
            </p>
            {!narrow && <LabelSplitter width={label} />}
            <Minimap columns={columns} overlay={overlay} window={shown} onWindow={setWindow} />
            <TimeAxis
              ref={axis}
              window={shown}
              widthPx={widthPx}
              durationNanos={columns.durationNanos}
              onWindow={setWindow}
              onReset={() => setWindow(whole)}
            />
          </div>
        </div>
        <WaterfallRows
          ref={tree}
          columns={columns}
          overlay={overlay}
          visible={visible}
          collapsed={collapsed}
          matches={matches}
          origins={origins}
          window={shown}
          widthPx={widthPx}
          rowHeightPx={heightPx}
          barMiddlePx={barMiddlePx}
          covered={covered}
          cursor={cursor}
          selected={selected}
          target={target}
          onPick={pick}
          onToggle={(row) => dispatch({ do: "toggle", row })}
          onKey={onKey}
        />
      </div>
      {selected !== undefined && (
        <SpanPanel
          columns={columns}
          overlay={overlay}
          row={selected}
          onSelect={onSelect}
          onClose={() => onSelect(undefined)}
        />
      )}
    </section>
  );
}
