// The order of a trace's rows: depth first, children by start (ties: the longer first, then by id), see trace.ts.
// Linear but for the sorting of siblings, and without recursion: a chain of 100,000 spans is a trace like any other.

import { int32Column } from "./columns.ts";

/** Spans in any order, as columns; the parent is an index into them or -1. */
export interface UnorderedSpans {
  readonly ids: readonly string[];
  readonly parent: Int32Array;
  readonly startNanos: Float64Array;
  readonly durationNanos: Float64Array;
}

export interface RowOrder {
  /** Index of the row's span. */
  readonly order: Int32Array;
  /** Row of the row's parent, or -1. */
  readonly parent: Int32Array;
  readonly subtreeEnd: Int32Array;
}

/** Up to this many siblings are sorted by insertion: they mostly come sorted, and a call of `sort` costs more. */
const INSERTION_SORT_LIMIT = 24;

/** @param root the span to put first; its parent must be -1. The parents must be free of cycles. */
export function rowOrder(spans: UnorderedSpans, root: number): RowOrder {
  const count = spans.parent.length;
  const { starts, children } = childLists(spans.parent);
  for (let node = 0; node <= count; node++) {
    sortSiblings(spans, children, starts[node] as number, starts[node + 1] as number);
  }
  const order = int32Column(count);
  const rowOf = int32Column(count);
  const stack = int32Column(count);
  let depth = pushReversed(
    children,
    starts[count] as number,
    starts[count + 1] as number,
    stack,
    0,
  );
  // The root was pushed somewhere among its peers; it goes on top, those above it move down by one.
  const at = stack.indexOf(root);
  stack.copyWithin(at, at + 1, depth);
  stack[depth - 1] = root;
  for (let row = 0; row < count; row++) {
    const node = stack[--depth] as number;
    order[row] = node;
    rowOf[node] = row;
    const from = starts[node] as number;
    depth = pushReversed(children, from, starts[node + 1] as number, stack, depth);
  }
  const parent = int32Column(count);
  const subtreeEnd = int32Column(count);
  for (let row = 0; row < count; row++) {
    const parentNode = spans.parent[order[row] as number] as number;
    parent[row] = parentNode < 0 ? -1 : (rowOf[parentNode] as number);
    subtreeEnd[row] = row + 1;
  }
  for (let row = count - 1; row >= 0; row--) {
    const above = parent[row] as number;
    const end = subtreeEnd[row] as number;
    if (above >= 0 && end > (subtreeEnd[above] as number)) subtreeEnd[above] = end;
  }
  return { order, parent, subtreeEnd };
}

/** Children of node i are children[starts[i], starts[i + 1]); those without a parent are node `parent.length`'s. */
function childLists(parent: Int32Array): { starts: Int32Array; children: Int32Array } {
  const count = parent.length;
  const starts = int32Column(count + 2);
  for (let i = 0; i < count; i++) {
    const above = parent[i] as number;
    const slot = (above < 0 ? count : above) + 1;
    starts[slot] = (starts[slot] as number) + 1;
  }
  for (let i = 1; i <= count + 1; i++) {
    starts[i] = (starts[i] as number) + (starts[i - 1] as number);
  }
  const next = int32Column(count + 1);
  for (let i = 0; i <= count; i++) next[i] = starts[i] as number;
  const children = int32Column(count);
  for (let i = 0; i < count; i++) {
    const above = parent[i] as number;
    const node = above < 0 ? count : above;
    const slot = next[node] as number;
    children[slot] = i;
    next[node] = slot + 1;
  }
  return { starts, children };
}

function pushReversed(
  children: Int32Array,
  from: number,
  to: number,
  stack: Int32Array,
  depth: number,
): number {
  let top = depth;
  for (let i = to - 1; i >= from; i--) stack[top++] = children[i] as number;
  return top;
}

function sortSiblings(spans: UnorderedSpans, children: Int32Array, from: number, to: number): void {
  if (to - from < 2) return;
  if (to - from > INSERTION_SORT_LIMIT) {
    children.subarray(from, to).sort((a, b) => compareSpans(spans, a, b));
    return;
  }
  for (let i = from + 1; i < to; i++) {
    const node = children[i] as number;
    let j = i - 1;
    while (j >= from && compareSpans(spans, children[j] as number, node) > 0) {
      children[j + 1] = children[j] as number;
      j--;
    }
    children[j + 1] = node;
  }
}

function compareSpans(spans: UnorderedSpans, a: number, b: number): number {
  const { startNanos, durationNanos, ids } = spans;
  const byStart = (startNanos[a] as number) - (startNanos[b] as number);
  if (byStart !== 0) return byStart;
  const byDuration = (durationNanos[b] as number) - (durationNanos[a] as number);
  if (byDuration !== 0) return byDuration;
  return (ids[a] as string) < (ids[b] as string) ? -1 : 1;
}
