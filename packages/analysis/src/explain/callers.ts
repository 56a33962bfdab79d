// The way up from a place to the trace's root, as far as services are entered on it.

import type { TraceColumns } from "@culprit/trace-model";
import { formatList } from "../format.ts";

/**
 * Visits the spans above those of a trace that `isBelow` tells, themselves included, at which a service other than `self`
 * is entered; each once.
 */
export function eachCaller(
  { parent, service, firstRow }: TraceColumns,
  trace: number,
  self: number,
  isBelow: (row: number) => boolean,
  visit: (row: number) => void,
): void {
  const first = firstRow[trace] as number;
  const end = firstRow[trace + 1] as number;
  let seen: Set<number> | undefined;
  for (let row = first; row < end; row++) {
    if (!isBelow(row)) continue;
    seen ??= new Set();
    for (let at = row; at >= 0 && !seen.has(at); at = parent[at] as number) {
      seen.add(at);
      const above = parent[at] as number;
      const isEntry = above < 0 || service[above] !== service[at];
      if (isEntry && service[at] !== self) visit(at);
    }
  }
}

/** Named in a sentence; the others are counted. */
const MAX_NAMED = 3;

export function formatCallers(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return formatList(more <= 0 ? names : [...names.slice(0, MAX_NAMED), `${more} more`]);
}
