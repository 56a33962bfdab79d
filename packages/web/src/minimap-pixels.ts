// The whole trace in a few thousand pixels. Written straight into pixels: 100,000 canvas rectangles cost ten times as much.

import type { PathOverlay } from "./path-overlay.ts";
import { at, STATUS_ERROR, type TraceColumns } from "./trace-columns.ts";

export interface MinimapColours {
  /** One a service, as ImageData wants them (ABGR on little-endian machines). */
  readonly services: Uint32Array;
  readonly path: number;
  readonly error: number;
}

export function minimapPixels(
  columns: TraceColumns,
  overlay: PathOverlay | undefined,
  colours: MinimapColours,
  width: number,
  height: number,
): Uint32Array {
  const pixels = new Uint32Array(width * height);
  const scale = width / Math.max(columns.durationNanos, 1);
  const band = height / Math.max(columns.count, 1);
  // A line each, and air between lines when there is room for it.
  const thickness = Math.max(1, Math.min(3, Math.floor(band * 0.75)));
  const line = (row: number, from: number, to: number, colour: number): void => {
    const top = Math.min(Math.floor(row * band), height - thickness);
    const left = Math.min(Math.max(Math.floor(from * scale), 0), width - 1);
    const right = Math.min(Math.max(Math.ceil(to * scale), left + 1), width);
    for (let y = top; y < top + thickness; y++) {
      pixels.fill(colour, y * width + left, y * width + right);
    }
  };
  for (let row = 0; row < columns.count; row++) {
    const start = at(columns.start, row);
    const colour = at(columns.service, row);
    line(row, start, start + at(columns.duration, row), colours.services[colour] ?? 0);
  }
  if (overlay !== undefined) {
    for (let row = 0; row < columns.count; row++) {
      for (let i = at(overlay.offsets, row); i < at(overlay.offsets, row + 1); i++) {
        line(row, at(overlay.start, i), at(overlay.end, i), colours.path);
      }
    }
  }
  for (let row = 0; row < columns.count; row++) {
    if (columns.status[row] !== STATUS_ERROR) continue;
    const start = at(columns.start, row);
    line(row, start, start + 3 / scale, colours.error);
  }
  return pixels;
}
