// The critical path over the rows of a waterfall: its sections grouped by row (offsets into flat columns), so that a row
// finds its own in constant time, and a mask of the rows the path touches, ancestors included.

import type { Verdict } from "@culprit/api";
import { at, type TraceColumns } from "./trace-columns.ts";

export interface PathOverlay {
  /** Sections of row r: indices offsets[r] to offsets[r + 1]. */
  readonly offsets: Int32Array;
  /** Nanoseconds after the trace's start. */
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly mask: Uint8Array;
  /** The same sections in the order of the path: row (-1: not on the page) and start. */
  readonly pathRows: Int32Array;
  readonly pathStart: Float64Array;
}

export function pathOverlay(
  columns: TraceColumns,
  criticalPath: Verdict["criticalPath"],
): PathOverlay {
  const base = BigInt(columns.startUnixNano);
  const rows = Int32Array.from(criticalPath, ({ spanId }) => columns.rowOf(spanId) ?? -1);
  const offsets = new Int32Array(columns.count + 1);
  for (const row of rows) if (row >= 0) offsets[row + 1] = at(offsets, row + 1) + 1;
  for (let row = 0; row < columns.count; row++) {
    offsets[row + 1] = at(offsets, row + 1) + at(offsets, row);
  }
  const start = new Float64Array(rows.length);
  const end = new Float64Array(rows.length);
  const pathStart = new Float64Array(rows.length);
  const next = offsets.slice();
  criticalPath.forEach((section, index) => {
    const row = at(rows, index);
    const from = Number(BigInt(section.startUnixNano) - base);
    pathStart[index] = from;
    if (row < 0) return;
    const slot = at(next, row);
    next[row] = slot + 1;
    start[slot] = from;
    end[slot] = Number(BigInt(section.endUnixNano) - base);
  });
  return { offsets, start, end, mask: pathMask(columns, rows), pathRows: rows, pathStart };
}

function pathMask(columns: TraceColumns, rows: Int32Array): Uint8Array {
  const mask = new Uint8Array(columns.count);
  for (const first of rows) {
    for (let row = first; row >= 0 && mask[row] === 0; row = at(columns.parent, row)) mask[row] = 1;
  }
  return mask;
}

export function pathNanos(overlay: PathOverlay, row: number): number {
  let sum = 0;
  for (let i = at(overlay.offsets, row); i < at(overlay.offsets, row + 1); i++) {
    sum += at(overlay.end, i) - at(overlay.start, i);
  }
  return sum;
}

/**
 * A row's sections inside a window as an SVG path, in pixels. Sections less than a pixel apart are one: a root between
 * 50,000 children would else draw 50,000 rectangles into 800 pixels.
 */
export function sectionPath(
  overlay: PathOverlay,
  row: number,
  window: { readonly start: number; readonly end: number },
  widthPx: number,
  heightPx: number,
): string {
  const scale = widthPx / (window.end - window.start);
  let path = "";
  let left = Number.NaN;
  let right = Number.NaN;
  const flush = (): void => {
    if (Number.isNaN(left)) return;
    // 1.5 px: the least that still shows as the accent.
    const width = Math.max(right - left, 1.5);
    path += `M${left.toFixed(1)} 0h${width.toFixed(1)}v${heightPx}h${(-width).toFixed(1)}z`;
  };
  for (let i = at(overlay.offsets, row); i < at(overlay.offsets, row + 1); i++) {
    const from = Math.max((at(overlay.start, i) - window.start) * scale, 0);
    const to = Math.min((at(overlay.end, i) - window.start) * scale, widthPx);
    if (to < 0 || from > widthPx) continue;
    if (from - right < 1) {
      right = Math.max(right, to);
    } else {
      flush();
      left = from;
      right = to;
    }
  }
  flush();
  return path;
}
