// The critical path goes from span to span; between two sections it changes rows at one moment. These are the upright lines
// that join them. Only those that touch the rows on screen are drawn, and of those in one pixel column only their hull.

import type { PathOverlay } from "./path-overlay.ts";
import type { TimeWindow } from "./time-window.ts";
import { at } from "./trace-columns.ts";

/** Position on screen of every row: its own, or that of the collapsed row it is in. */
export function rowPositions(count: number, visible: Int32Array): Int32Array {
  const positions = new Int32Array(count);
  let position = -1;
  for (let row = 0; row < count; row++) {
    if (visible[position + 1] === row) position++;
    positions[row] = position;
  }
  return positions;
}

export interface ConnectorView {
  readonly positions: Int32Array;
  /** First and last position on screen. */
  readonly first: number;
  readonly last: number;
  readonly window: TimeWindow;
  readonly widthPx: number;
  readonly rowHeightPx: number;
  /** From a row's top to the middle of its bar. */
  readonly barMiddlePx: number;
}

/** An SVG path; y = 0 is the top of the first row on screen. */
export function connectorPath(overlay: PathOverlay, view: ConnectorView): string {
  const { positions, first, last, window, widthPx, rowHeightPx, barMiddlePx } = view;
  const scale = widthPx / (window.end - window.start);
  // Moments ascend, so equal pixels are neighbours.
  let column = Number.NaN;
  let top = 0;
  let bottom = 0;
  let path = "";
  const flush = (): void => {
    if (Number.isNaN(column)) return;
    const from = (Math.max(top, first - 1) - first) * rowHeightPx + barMiddlePx;
    const to = (Math.min(bottom, last + 1) - first) * rowHeightPx + barMiddlePx;
    path += `M${column + 0.5} ${from}V${to}`;
  };
  for (let i = 1; i < overlay.pathRows.length; i++) {
    const before = at(overlay.pathRows, i - 1);
    const after = at(overlay.pathRows, i);
    if (before < 0 || after < 0) continue;
    const one = at(positions, before);
    const other = at(positions, after);
    const upper = Math.min(one, other);
    const lower = Math.max(one, other);
    if (upper === lower || lower < first || upper > last) continue;
    const x = Math.round((at(overlay.pathStart, i) - window.start) * scale);
    if (x < 0 || x > widthPx) continue;
    const joins = x === column && upper <= bottom + 1 && lower >= top - 1;
    if (joins) {
      top = Math.min(top, upper);
      bottom = Math.max(bottom, lower);
    } else {
      flush();
      column = x;
      top = upper;
      bottom = lower;
    }
  }
  flush();
  return path;
}
