// Ids as numbers, for whoever has them so: of the few spans of most traces each id is compared with each other, which
// costs a fraction of looking texts up.

import { int32Column } from "./columns.ts";

/** Ids of 64 bits as two words each, one entry a span; both words 0 in `parents` for a span without a parent. */
export interface SpanIdWords {
  readonly ids: Int32Array;
  readonly parents: Int32Array;
}

/** Of more a map is made: the comparisons grow with their square. */
const MAX_COMPARED = 24;

/** The place of each span's parent, -1 for none; undefined where ids are not distinct, or there are too many of them. */
export function comparedParents({ ids, parents }: SpanIdWords): Int32Array | undefined {
  const count = ids.length / 2;
  if (count > MAX_COMPARED) return undefined;
  const parent = int32Column(count);
  for (let i = 0; i < count; i++) {
    const id = ids[2 * i] as number;
    const idMore = ids[2 * i + 1] as number;
    for (let other = i + 1; other < count; other++) {
      if (ids[2 * other] === id && ids[2 * other + 1] === idMore) return undefined;
    }
    parent[i] = placeOf(ids, parents[2 * i] as number, parents[2 * i + 1] as number);
  }
  return parent;
}

function placeOf(ids: Int32Array, id: number, idMore: number): number {
  if (id === 0 && idMore === 0) return -1;
  for (let i = 0; i < ids.length; i += 2) {
    if (ids[i] === id && ids[i + 1] === idMore) return i / 2;
  }
  return -1;
}
