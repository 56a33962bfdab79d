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

// Lines that leave the screen say where the path comes from. Above one in 12 px they would be a wall instead (a root with
// 400 children that are all further down), so then only those with both ends on screen are drawn.
const LEAVING_LEAST_APART_PX = 12;

/** An SVG path; y = 0 is the top of the first row on screen. */
export function connectorPath(overlay: PathOverlay, view: ConnectorView): string {
  const { positions, first, last, window, widthPx } = view;
  const scale = widthPx / (window.end - window.start);
  const inside = new Columns(view);
  const leaving = new Columns(view);
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
    (upper >= first && lower <= last ? inside : leaving).add(x, upper, lower);
  }
  const path = inside.end();
  const leavingPath = leaving.end();
  return leaving.count * LEAVING_LEAST_APART_PX <= widthPx ? path + leavingPath : path;
}

/** Lines by pixel column. Moments ascend, so lines of one column come one after the other. */
class Columns {
  count = 0;
  readonly #view: ConnectorView;
  #path = "";
  #x = Number.NaN;
  #top = 0;
  #bottom = 0;

  constructor(view: ConnectorView) {
    this.#view = view;
  }

  add(x: number, top: number, bottom: number): void {
    if (x === this.#x && top <= this.#bottom && bottom >= this.#top) {
      this.#top = Math.min(top, this.#top);
      this.#bottom = Math.max(bottom, this.#bottom);
      return;
    }
    this.#flush();
    this.#x = x;
    this.#top = top;
    this.#bottom = bottom;
    this.count++;
  }

  end(): string {
    this.#flush();
    return this.#path;
  }

  #flush(): void {
    if (Number.isNaN(this.#x)) return;
    const { first, last, rowHeightPx, barMiddlePx } = this.#view;
    const y = (position: number): number => (position - first) * rowHeightPx + barMiddlePx;
    const from = y(Math.max(this.#top, first - 1));
    const to = y(Math.min(this.#bottom, last + 1));
    this.#path += `M${this.#x + 0.5} ${from}V${to}`;
  }
}
