// Keys of the waterfall, after the ARIA tree pattern.

import { at, hasChildren, type TraceColumns } from "./trace-columns.ts";
import { positionOf } from "./visible-rows.ts";

export type TreeCommand =
  | { readonly do: "go"; readonly row: number }
  | { readonly do: "toggle"; readonly row: number }
  | { readonly do: "open" }
  | { readonly do: "close" }
  | { readonly do: "zoom"; readonly factor: number }
  | { readonly do: "pan"; readonly by: number }
  | { readonly do: "fit" }
  | { readonly do: "reset" }
  | { readonly do: "next-error"; readonly backwards: boolean };

const LETTERS: Readonly<Record<string, TreeCommand>> = {
  Enter: { do: "open" },
  " ": { do: "open" },
  Escape: { do: "close" },
  "+": { do: "zoom", factor: 0.5 },
  "=": { do: "zoom", factor: 0.5 },
  "-": { do: "zoom", factor: 2 },
  "0": { do: "reset" },
  f: { do: "fit" },
  "[": { do: "pan", by: -0.25 },
  "]": { do: "pan", by: 0.25 },
  e: { do: "next-error", backwards: false },
  E: { do: "next-error", backwards: true },
};

export interface TreeView {
  readonly columns: TraceColumns;
  readonly visible: Int32Array;
  readonly collapsed: ReadonlySet<number>;
  readonly cursor: number;
  readonly pageRows: number;
}

export function treeCommand(key: string, view: TreeView): TreeCommand | undefined {
  return LETTERS[key] ?? moveCommand(key, view);
}

function moveCommand(key: string, view: TreeView): TreeCommand | undefined {
  const { columns, visible, collapsed, cursor, pageRows } = view;
  if (visible.length === 0) return undefined;
  const position = positionOf(visible, cursor);
  const go = (to: number): TreeCommand => ({
    do: "go",
    row: at(visible, Math.min(Math.max(to, 0), visible.length - 1)),
  });
  switch (key) {
    case "ArrowDown":
      return go(position + 1);
    case "ArrowUp":
      return go(position - 1);
    case "PageDown":
      return go(position + pageRows);
    case "PageUp":
      return go(position - pageRows);
    case "Home":
      return go(0);
    case "End":
      return go(visible.length - 1);
    case "ArrowRight":
      if (!hasChildren(columns, cursor)) return undefined;
      return collapsed.has(cursor) ? { do: "toggle", row: cursor } : go(position + 1);
    case "ArrowLeft": {
      if (hasChildren(columns, cursor) && !collapsed.has(cursor)) {
        return { do: "toggle", row: cursor };
      }
      const parent = at(columns.parent, cursor);
      return parent < 0 ? undefined : { do: "go", row: parent };
    }
    default:
      return undefined;
  }
}
