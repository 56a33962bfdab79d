// What the waterfall remembers, apart from the selected span, which lives in the URL.

import type { TimeWindow } from "./time-window.ts";
import { wholeWindow } from "./time-window.ts";
import { at, type TraceColumns } from "./trace-columns.ts";
import { collapsedFrom, revealed } from "./visible-rows.ts";

export interface WaterfallState {
  readonly collapsed: ReadonlySet<number>;
  readonly pathOnly: boolean;
  readonly typed: string;
  readonly window: TimeWindow;
  /** The row that the keyboard is on. */
  readonly cursor: number;
}

export type WaterfallAction =
  | { readonly do: "toggle"; readonly row: number }
  | { readonly do: "collapse-all" }
  | { readonly do: "expand-all" }
  | { readonly do: "path-only"; readonly on: boolean }
  | { readonly do: "type"; readonly typed: string }
  | { readonly do: "window"; readonly window: TimeWindow }
  /** Moves the cursor to a row and makes it visible, whatever hides it; `mask` is what "path only" shows. */
  | { readonly do: "go"; readonly row: number; readonly mask: Uint8Array | undefined };

export function initialState(columns: TraceColumns): WaterfallState {
  return {
    collapsed: new Set(),
    pathOnly: false,
    typed: "",
    window: wholeWindow(columns.durationNanos),
    cursor: 0,
  };
}

export function nextState(
  columns: TraceColumns,
  state: WaterfallState,
  action: WaterfallAction,
): WaterfallState {
  switch (action.do) {
    case "toggle":
      return { ...state, ...toggled(columns, state, action.row) };
    case "collapse-all":
      return {
        ...state,
        collapsed: collapsedFrom(columns, 1),
        cursor: topOf(columns, state.cursor),
      };
    case "expand-all":
      return { ...state, collapsed: new Set() };
    case "path-only":
      return { ...state, pathOnly: action.on };
    case "type":
      return { ...state, typed: action.typed };
    case "window":
      return { ...state, window: action.window };
    case "go":
      return {
        ...state,
        cursor: action.row,
        collapsed: revealed(columns, state.collapsed, action.row),
        pathOnly: state.pathOnly && action.mask?.[action.row] !== 0,
      };
  }
}

// A cursor inside what is being collapsed moves to the row that stays.
function toggled(
  columns: TraceColumns,
  state: WaterfallState,
  row: number,
): Pick<WaterfallState, "collapsed" | "cursor"> {
  const collapsed = new Set(state.collapsed);
  if (collapsed.delete(row)) return { collapsed, cursor: state.cursor };
  collapsed.add(row);
  const inside = state.cursor > row && state.cursor < at(columns.subtreeEnd, row);
  return { collapsed, cursor: inside ? row : state.cursor };
}

// With everything from depth 1 collapsed, rows of depth 0 and 1 remain.
function topOf(columns: TraceColumns, cursor: number): number {
  let row = cursor;
  while (at(columns.depth, row) > 1) row = at(columns.parent, row);
  return row;
}
