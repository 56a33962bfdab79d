// The part of the trace that the waterfall shows, in nanoseconds after the trace's start.

export interface TimeWindow {
  readonly start: number;
  readonly end: number;
}

// 100 ns across the screen: below that the ticks say nothing new, since most clocks step in microseconds.
const MIN_WINDOW_NANOS = 100;

export function wholeWindow(durationNanos: number): TimeWindow {
  return { start: 0, end: Math.max(durationNanos, MIN_WINDOW_NANOS) };
}

/** Inside the whole, not too small, the same width where possible. */
export function clampWindow(window: TimeWindow, whole: TimeWindow): TimeWindow {
  const limit = whole.end - whole.start;
  const width = Math.min(Math.max(window.end - window.start, MIN_WINDOW_NANOS), limit);
  const start = Math.min(Math.max(window.start, whole.start), whole.end - width);
  return { start, end: start + width };
}

/** factor < 1 zooms in; `anchor` (0 to 1 across the window) keeps its place. */
export function zoomWindow(
  window: TimeWindow,
  whole: TimeWindow,
  factor: number,
  anchor: number,
): TimeWindow {
  const width = window.end - window.start;
  const wanted = Math.max(width * factor, MIN_WINDOW_NANOS);
  const start = window.start + (width - wanted) * anchor;
  return clampWindow({ start, end: start + wanted }, whole);
}

/** `by`: in widths of the window, positive is later. */
export function panWindow(window: TimeWindow, whole: TimeWindow, by: number): TimeWindow {
  const width = window.end - window.start;
  const start = window.start + width * by;
  return clampWindow({ start, end: start + width }, whole);
}

/** A window around a span, with a twentieth of air on both sides. */
export function spanWindow(start: number, duration: number, whole: TimeWindow): TimeWindow {
  const air = Math.max(duration * 0.05, MIN_WINDOW_NANOS / 2);
  return clampWindow({ start: start - air, end: start + duration + air }, whole);
}
