// Parents that go round in a circle would keep every walk to the root from ending.

import { int32Column } from "./columns.ts";
import type { Span } from "./span.ts";

/** Takes the parent from the earliest span of each cycle (ties by id) and returns those spans. */
export function cutCycles(
  spans: readonly Span[],
  ids: readonly string[],
  parent: Int32Array,
): readonly number[] {
  const cut: number[] = [];
  // 0: not seen; otherwise the number of the walk that saw it first. Each span is walked over once.
  const seenIn = int32Column(parent.length);
  for (let i = 0; i < parent.length; i++) {
    const walk = i + 1;
    let at = i;
    while (at !== -1 && seenIn[at] === 0) {
      seenIn[at] = walk;
      at = parent[at] as number;
    }
    if (at === -1 || seenIn[at] !== walk) continue;
    // The walk met itself: `at` lies on a cycle.
    let earliest = at;
    for (let other = parent[at] as number; other !== at; other = parent[other] as number) {
      if (isEarlier(spans, ids, other, earliest)) earliest = other;
    }
    parent[earliest] = -1;
    cut.push(earliest);
  }
  return cut;
}

function isEarlier(spans: readonly Span[], ids: readonly string[], a: number, b: number): boolean {
  const startA = (spans[a] as Span).startUnixNano;
  const startB = (spans[b] as Span).startUnixNano;
  if (startA !== startB) return startA < startB;
  return (ids[a] as string) < (ids[b] as string);
}
