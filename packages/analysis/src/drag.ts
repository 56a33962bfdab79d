// Drag: by how much the root would be shorter, were a span and all below it to take no time. Slack: by how much a span
// can grow before the root does. Both by replay on the clipped, blocking spans: a child starts its original gap after
// the sibling that had ended last when it started (else after its parent's start), and a parent ends its original tail
// after its latest child.
//
// In that replay the root's duration is max(a, b + x) of the duration x of any one span: a is the longest way around
// the span, b the rest of the longest way through it. Such functions compose into one another, so that one pass top
// down gives a and b of every span, and no span needs a replay of its own. Several spans at once do.

import type { DurationNanos, Trace } from "@culprit/trace-model";
import { blockingChildrenByEnd, type ClippedSpans } from "./clipped-spans.ts";

export class Replay {
  readonly #trace: Trace;
  readonly #clipped: ClippedSpans;
  /** Row of the sibling that each row waited for, -1 for none. */
  readonly #awaited: Int32Array;
  /** From the end of that sibling, or the parent's start, to the row's start. */
  readonly #gap: Float64Array;
  /** From the end of the latest child to the row's own; of a row without children its duration. */
  readonly #tail: Float64Array;
  readonly #around: Float64Array;
  readonly #through: Float64Array;
  readonly #rootNanos: DurationNanos;

  constructor(trace: Trace, clipped: ClippedSpans) {
    const count = trace.spans.length;
    this.#trace = trace;
    this.#clipped = clipped;
    this.#rootNanos = (clipped.end[0] as number) - (clipped.start[0] as number);
    this.#awaited = new Int32Array(count).fill(-1);
    this.#gap = new Float64Array(count);
    this.#tail = new Float64Array(count);
    this.#around = new Float64Array(count);
    this.#through = new Float64Array(count);
    const list = new Int32Array(count);
    for (let row = 0; row < count; row++) {
      if (clipped.blocks[row] === 1) this.#arrange(row, list);
    }
    this.#compose();
  }

  /** 0 for a row that blocks nothing. Never more than the row's duration. */
  drag(row: number): DurationNanos {
    if (this.#clipped.blocks[row] === 0) return 0;
    const without = Math.max(this.#around[row] as number, this.#through[row] as number);
    return this.#rootNanos - without;
  }

  /** Undefined for a row that blocks nothing: nothing is known to wait for it. */
  slack(row: number): DurationNanos | undefined {
    if (this.#clipped.blocks[row] === 0) return undefined;
    const { start, end } = this.#clipped;
    const duration = (end[row] as number) - (start[row] as number);
    return this.#rootNanos - (this.#through[row] as number) - duration;
  }

  /** Drag of several rows at once. Linear in the trace; of one row at no cost. */
  dragTogether(rows: readonly number[]): DurationNanos {
    const only = rows[0];
    if (only === undefined) return 0;
    if (rows.length === 1) return this.drag(only);
    const { subtreeEnd } = this.#trace;
    const { blocks } = this.#clipped;
    const gone = new Uint8Array(blocks.length);
    for (const row of rows) gone[row] = 1;
    const duration = new Float64Array(blocks.length);
    const end = new Float64Array(blocks.length);
    for (let row = blocks.length - 1; row >= 0; row--) {
      if (blocks[row] === 0 || gone[row] === 1) continue;
      let latest = 0;
      const stop = subtreeEnd[row] as number;
      for (let child = row + 1; child < stop; child = subtreeEnd[child] as number) {
        if (blocks[child] === 0) continue;
        const awaited = this.#awaited[child] as number;
        const ready = awaited < 0 ? 0 : (end[awaited] as number);
        end[child] = ready + (this.#gap[child] as number) + (duration[child] as number);
        latest = Math.max(latest, end[child] as number);
      }
      duration[row] = latest + (this.#tail[row] as number);
    }
    return this.#rootNanos - (duration[0] as number);
  }

  #arrange(row: number, list: Int32Array): void {
    const { start, end, blocks } = this.#clipped;
    const { subtreeEnd } = this.#trace;
    const count = blockingChildrenByEnd(this.#trace, this.#clipped, row, list, 0);
    const rowStart = start[row] as number;
    const latest = count === 0 ? rowStart : (end[list[0] as number] as number);
    this.#tail[row] = (end[row] as number) - latest;
    // From the first to end to the last, in step with the children's starts.
    let next = count - 1;
    let awaited = -1;
    const stop = subtreeEnd[row] as number;
    for (let child = row + 1; child < stop; child = subtreeEnd[child] as number) {
      if (blocks[child] === 0) continue;
      const childStart = start[child] as number;
      while (next >= 0 && (end[list[next] as number] as number) <= childStart) {
        awaited = list[next] as number;
        next--;
      }
      this.#awaited[child] = awaited;
      this.#gap[child] = childStart - (awaited < 0 ? rowStart : (end[awaited] as number));
    }
  }

  /** Fills `around` and `through`, parents first. */
  #compose(): void {
    const { subtreeEnd } = this.#trace;
    const { start, end, blocks } = this.#clipped;
    const count = blocks.length;
    // Latest end among a row and the siblings that waited for it, directly or not; in the parent's time.
    const latest = new Float64Array(count);
    // The two latest of those among the siblings that waited for a row directly; first for the parent's own start.
    const best = new Float64Array(count);
    const second = new Float64Array(count);
    const bestChild = new Int32Array(count);
    // Latest end among the siblings that are not in a row's own chain.
    const elsewhere = new Float64Array(count);
    const children = new Int32Array(count);
    for (let row = 0; row < count; row++) {
      if (blocks[row] === 0) continue;
      const rowStart = start[row] as number;
      let childCount = 0;
      const stop = subtreeEnd[row] as number;
      for (let child = row + 1; child < stop; child = subtreeEnd[child] as number) {
        if (blocks[child] === 0) continue;
        children[childCount++] = child;
        latest[child] = (end[child] as number) - rowStart;
        best[child] = 0;
        second[child] = 0;
        bestChild[child] = -1;
      }
      let top = 0;
      let topSecond = 0;
      let topChild = -1;
      for (let i = childCount - 1; i >= 0; i--) {
        const child = children[i] as number;
        const reach = latest[child] as number;
        const awaited = this.#awaited[child] as number;
        if (awaited < 0) {
          if (reach > top) {
            topSecond = top;
            top = reach;
            topChild = child;
          } else if (reach > topSecond) topSecond = reach;
          continue;
        }
        if (reach > (latest[awaited] as number)) latest[awaited] = reach;
        if (reach > (best[awaited] as number)) {
          second[awaited] = best[awaited] as number;
          best[awaited] = reach;
          bestChild[awaited] = child;
        } else if (reach > (second[awaited] as number)) second[awaited] = reach;
      }
      const tail = this.#tail[row] as number;
      for (let i = 0; i < childCount; i++) {
        const child = children[i] as number;
        const awaited = this.#awaited[child] as number;
        if (awaited < 0) elsewhere[child] = topChild === child ? topSecond : top;
        else {
          const beside = bestChild[awaited] === child ? second[awaited] : best[awaited];
          elsewhere[child] = Math.max(
            elsewhere[awaited] as number,
            (end[awaited] as number) - rowStart,
            beside as number,
          );
        }
        const duration = (end[child] as number) - (start[child] as number);
        const around = (elsewhere[child] as number) + tail;
        const through = (latest[child] as number) - duration + tail;
        this.#around[child] = Math.max(
          this.#around[row] as number,
          (this.#through[row] as number) + around,
        );
        this.#through[child] = (this.#through[row] as number) + through;
      }
    }
  }
}
