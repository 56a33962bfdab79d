// Which spans can keep the root from finishing, and during which part of them. Top down, every child is clipped to its
// parent as already clipped; what starts after its parent ended, what nobody waits for, and what is empty
// after clipping blocks nothing, and neither does anything below it.

import { float64Column, type Span, type Trace, uint8Column } from "@culprit/trace-model";
import { isDetached } from "./detached.ts";

/** Columns over the rows of a trace; times in nanoseconds after the trace's origin. */
export interface ClippedSpans {
  /** 1 for the root and the rows that can block it. Zero-length rows never do. */
  readonly blocks: Uint8Array;
  readonly start: Float64Array;
  readonly end: Float64Array;
}

export function clipSpans(trace: Trace): ClippedSpans {
  const { spans, parent, startNanos, durationNanos } = trace;
  const count = spans.length;
  const start = float64Column(count);
  const end = float64Column(count);
  const blocks = uint8Column(count);
  blocks[0] = 1;
  start[0] = startNanos[0] as number;
  end[0] = (startNanos[0] as number) + (durationNanos[0] as number);
  const rootEnd = trace.subtreeEnd[0] as number;
  for (let row = 1; row < rootEnd; row++) {
    const above = parent[row] as number;
    if (blocks[above] === 0) continue;
    const from = startNanos[row] as number;
    const to = Math.min(from + (durationNanos[row] as number), end[above] as number);
    const clippedFrom = Math.max(from, start[above] as number);
    if (clippedFrom >= to) continue;
    if (isDetached(spans[above] as Span, spans[row] as Span)) continue;
    blocks[row] = 1;
    start[row] = clippedFrom;
    end[row] = to;
  }
  return { blocks, start, end };
}

/** Up to this many siblings are sorted by insertion: they mostly come in order, and a call of `sort` costs more. */
const INSERTION_SORT_LIMIT = 24;

/**
 * Writes the blocking children of `row` to `list` from `from` on, the last to end first (ties: the earlier start, then
 * the lower span id), and returns where they stop.
 */
export function blockingChildrenByEnd(
  trace: Trace,
  clipped: ClippedSpans,
  row: number,
  list: Int32Array,
  from: number,
): number {
  const { subtreeEnd } = trace;
  const { blocks } = clipped;
  let to = from;
  const stop = subtreeEnd[row] as number;
  for (let child = row + 1; child < stop; child = subtreeEnd[child] as number) {
    if (blocks[child] === 1) list[to++] = child;
  }
  if (to - from < 2) return to;
  // Children come by start; mostly that is nearly the reverse of what is wanted.
  for (let low = from, high = to - 1; low < high; low++, high--) {
    const child = list[low] as number;
    list[low] = list[high] as number;
    list[high] = child;
  }
  if (to - from > INSERTION_SORT_LIMIT) {
    list.subarray(from, to).sort((a, b) => compareByEnd(trace, clipped, a, b));
    return to;
  }
  for (let i = from + 1; i < to; i++) {
    const child = list[i] as number;
    let j = i - 1;
    while (j >= from && compareByEnd(trace, clipped, list[j] as number, child) > 0) {
      list[j + 1] = list[j] as number;
      j--;
    }
    list[j + 1] = child;
  }
  return to;
}

function compareByEnd(trace: Trace, clipped: ClippedSpans, a: number, b: number): number {
  const byEnd = (clipped.end[b] as number) - (clipped.end[a] as number);
  if (byEnd !== 0) return byEnd;
  const byStart = (clipped.start[a] as number) - (clipped.start[b] as number);
  if (byStart !== 0) return byStart;
  return (trace.spanIds[a] as string) < (trace.spanIds[b] as string) ? -1 : 1;
}
