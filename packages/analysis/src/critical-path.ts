// The critical path: which spans, at which moments, kept the root from finishing. A walk back from the root's end: the
// child that ended last at or before the cursor was waited for; what lies between its end and the cursor was the
// parent's own doing. Sections are disjoint and sum to the root's duration.
//
// With a tolerance, two siblings that overlap by a little still count as one after the other, as in Uber's CRISP
// (https://www.usenix.org/conference/atc22/presentation/zhang-zhizhou); the earlier one then counts up to where the
// later one starts.

import { float64Column, int32Column, type Trace } from "@culprit/trace-model";
import { blockingChildrenByEnd, type ClippedSpans } from "./clipped-spans.ts";

/** Columns of sections, ascending; times in nanoseconds after the trace's origin. */
export interface CriticalPath {
  readonly row: Int32Array;
  readonly startNanos: Float64Array;
  readonly endNanos: Float64Array;
}

export function criticalPath(
  trace: Trace,
  clipped: ClippedSpans,
  overlapTolerance = 0,
): CriticalPath {
  const { start, end } = clipped;
  const count = trace.spans.length;
  const scratch = count <= SCRATCH_SPANS ? shared : new Scratch(count);
  const sections = new SectionStack(scratch);
  const siblings = overlapTolerance > 0 ? new SiblingEdges(trace, clipped) : undefined;
  // One frame a span stepped into; its children lie in `list` from where its parent's stop.
  const { list, frameRow, framePosition, frameStop, frameCursor, frameTaken } = scratch;
  let depth = 0;
  let listTop = 0;
  const enter = (row: number, cursor: number): void => {
    frameRow[depth] = row;
    framePosition[depth] = listTop;
    listTop = blockingChildrenByEnd(trace, clipped, row, list, listTop);
    frameStop[depth] = listTop;
    frameCursor[depth] = cursor;
    frameTaken[depth] = -1;
    depth++;
  };
  enter(0, end[0] as number);
  while (depth > 0) {
    const frame = depth - 1;
    const row = frameRow[frame] as number;
    const cursor = frameCursor[frame] as number;
    const stop = frameStop[frame] as number;
    const taken = frameTaken[frame] as number;
    let position = framePosition[frame] as number;
    while (position < stop) {
      const child = list[position] as number;
      if ((end[child] as number) <= cursor) break;
      if (taken >= 0 && siblings?.follow(row, child, taken, overlapTolerance) === true) break;
      position++;
    }
    if (position === stop) {
      sections.push(row, start[row] as number, cursor);
      depth--;
      // Children of the frame below that were passed over stay where they are; only this frame's go.
      listTop = depth > 0 ? (frameStop[depth - 1] as number) : 0;
      continue;
    }
    const child = list[position] as number;
    const handedIn = Math.min(end[child] as number, cursor);
    sections.push(row, handedIn, cursor);
    framePosition[frame] = position + 1;
    frameCursor[frame] = start[child] as number;
    frameTaken[frame] = child;
    enter(child, handedIn);
  }
  return sections.ascending();
}

/** Time on the critical path, one a row. */
export function nanosByRow(path: CriticalPath, rowCount: number): Float64Array {
  const nanos = float64Column(rowCount);
  for (let i = 0; i < path.row.length; i++) {
    const row = path.row[i] as number;
    // The difference first: a sum with the end may leave the range in which doubles are exact.
    const section = (path.endNanos[i] as number) - (path.startNanos[i] as number);
    nanos[row] = (nanos[row] as number) + section;
  }
  return nanos;
}

/** What the walk needs and nobody keeps. */
class Scratch {
  readonly list: Int32Array;
  readonly frameRow: Int32Array;
  readonly framePosition: Int32Array;
  readonly frameStop: Int32Array;
  readonly frameCursor: Float64Array;
  /** The child last taken, -1 for none yet. */
  readonly frameTaken: Int32Array;
  /** A span has at most one section more than it has children; all together fewer than two a span. */
  readonly sectionRow: Int32Array;
  readonly sectionStart: Float64Array;
  readonly sectionEnd: Float64Array;

  constructor(spanCount: number) {
    this.list = new Int32Array(spanCount);
    this.frameRow = new Int32Array(spanCount);
    this.framePosition = new Int32Array(spanCount);
    this.frameStop = new Int32Array(spanCount);
    this.frameCursor = new Float64Array(spanCount);
    this.frameTaken = new Int32Array(spanCount);
    this.sectionRow = new Int32Array(2 * spanCount);
    this.sectionStart = new Float64Array(2 * spanCount);
    this.sectionEnd = new Float64Array(2 * spanCount);
  }
}

/** Traces up to this size share one scratch of some 300 kB: making one costs more than walking a small trace. */
const SCRATCH_SPANS = 4096;
const shared = new Scratch(SCRATCH_SPANS);

class SectionStack {
  readonly #row: Int32Array;
  readonly #start: Float64Array;
  readonly #end: Float64Array;
  #count = 0;

  constructor({ sectionRow, sectionStart, sectionEnd }: Scratch) {
    this.#row = sectionRow;
    this.#start = sectionStart;
    this.#end = sectionEnd;
  }

  push(row: number, start: number, end: number): void {
    if (start >= end) return;
    this.#row[this.#count] = row;
    this.#start[this.#count] = start;
    this.#end[this.#count] = end;
    this.#count++;
  }

  ascending(): CriticalPath {
    const count = this.#count;
    const row = int32Column(count);
    const startNanos = float64Column(count);
    const endNanos = float64Column(count);
    for (let from = count - 1, to = 0; from >= 0; from--, to++) {
      row[to] = this.#row[from] as number;
      startNanos[to] = this.#start[from] as number;
      endNanos[to] = this.#end[from] as number;
    }
    return { row, startNanos, endNanos };
  }
}

/** Starts and ends of each parent's blocking children, ascending, made when first asked for. */
class SiblingEdges {
  readonly #trace: Trace;
  readonly #clipped: ClippedSpans;
  readonly #edges = new Map<number, Float64Array>();

  constructor(trace: Trace, clipped: ClippedSpans) {
    this.#trace = trace;
    this.#clipped = clipped;
  }

  /** Whether `child` may count as done before `next` although it ends a little after the start of `next`. */
  follow(parent: number, child: number, next: number, tolerance: number): boolean {
    const { start, end } = this.#clipped;
    const overlapFrom = start[next] as number;
    const overlapTo = end[child] as number;
    const parentNanos = (end[parent] as number) - (start[parent] as number);
    return (
      overlapTo - overlapFrom <= tolerance * parentNanos &&
      (start[child] as number) < overlapFrom &&
      overlapTo < (end[next] as number) &&
      this.#count(parent, overlapFrom, overlapTo) === 2
    );
  }

  #count(parent: number, from: number, to: number): number {
    const edges = this.#of(parent);
    return firstAbove(edges, to, true) - firstAbove(edges, from, false);
  }

  #of(parent: number): Float64Array {
    const known = this.#edges.get(parent);
    if (known !== undefined) return known;
    const list = new Int32Array((this.#trace.subtreeEnd[parent] as number) - parent);
    const count = blockingChildrenByEnd(this.#trace, this.#clipped, parent, list, 0);
    const edges = new Float64Array(2 * count);
    for (let i = 0; i < count; i++) {
      edges[2 * i] = this.#clipped.start[list[i] as number] as number;
      edges[2 * i + 1] = this.#clipped.end[list[i] as number] as number;
    }
    edges.sort();
    this.#edges.set(parent, edges);
    return edges;
  }
}

/** Index of the first value above `bound` (or, not `strictly`, equal to it). */
function firstAbove(values: Float64Array, bound: number, strictly: boolean): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = values[middle] as number;
    if (value > bound || (!strictly && value === bound)) high = middle;
    else low = middle + 1;
  }
  return low;
}
