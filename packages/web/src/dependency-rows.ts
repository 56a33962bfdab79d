// Calls between services as the page shows them: beside what they were in the window before, the worst first, and in one
// sentence.

import type { ServiceDependency } from "@culprit/api";
import { formatCount, formatDuration, formatShare } from "./time-format.ts";

export interface DependencyRow extends ServiceDependency {
  readonly errorShare: number;
  /** In the window before; undefined: not called then, or not known. */
  readonly before: ServiceDependency | undefined;
  readonly failsMore: boolean;
  readonly isSlower: boolean;
}

export const SORTS = ["errors", "p95", "calls", "name"] as const;
export type Sort = (typeof SORTS)[number];

// Below these a difference says nothing: a handful of calls, or half as much again.
const COMPARABLE_CALLS = 20;
const SLOWER = 1.5;
const MORE_ERRORS_SHARE = 0.01;

/** @param isInside whether calls inside one service are wanted, too */
export function dependencyRows(
  now: readonly ServiceDependency[],
  before: readonly ServiceDependency[],
  isInside: boolean,
): DependencyRow[] {
  const known = new Map(before.map((each) => [keyOf(each), each]));
  return now
    .filter(({ parent, child }) => isInside || parent !== child)
    .map((each) => {
      const earlier = known.get(keyOf(each));
      const comparable =
        earlier !== undefined && Math.min(earlier.callCount, each.callCount) >= COMPARABLE_CALLS;
      const share = shareOf(each);
      return {
        ...each,
        errorShare: share,
        before: earlier,
        failsMore: comparable && share - shareOf(earlier) >= MORE_ERRORS_SHARE,
        isSlower: comparable && each.p95Nanos >= SLOWER * earlier.p95Nanos,
      };
    });
}

export function keyOf({ parent, child }: Pick<ServiceDependency, "parent" | "child">): string {
  return JSON.stringify([parent, child]);
}

function shareOf({ errorCount, callCount }: ServiceDependency): number {
  return callCount === 0 ? 0 : errorCount / callCount;
}

export function sortRows(rows: readonly DependencyRow[], sort: Sort): DependencyRow[] {
  const byName = (a: DependencyRow, b: DependencyRow): number => (keyOf(a) < keyOf(b) ? -1 : 1);
  const orders: Readonly<Record<Sort, (row: DependencyRow) => readonly number[]>> = {
    errors: (row) => [row.errorCount, Number(row.isSlower), row.p95Nanos],
    p95: (row) => [row.p95Nanos],
    calls: (row) => [row.callCount],
    name: () => [],
  };
  const figures = orders[sort];
  return rows.toSorted((a, b) => {
    const [ofA, ofB] = [figures(a), figures(b)];
    const differs = ofA.findIndex((figure, i) => figure !== ofB[i]);
    return differs < 0 ? byName(a, b) : (ofB[differs] ?? 0) - (ofA[differs] ?? 0);
  });
}

/** What is wrong, in a sentence or two. */
export function dependencySummary(rows: readonly DependencyRow[]): string {
  const failing = originOf(rows);
  const slower = rows.filter(({ isSlower }) => isSlower).sort((a, b) => factor(b) - factor(a))[0];
  const sentences: string[] = [];
  if (failing === undefined) {
    sentences.push("No call fails.");
  } else {
    const calls = `${formatCount(failing.errorCount)} of ${formatCount(failing.callCount)} calls`;
    const earlier =
      failing.failsMore && failing.before !== undefined
        ? `, was ${earlierShare(failing.before)}`
        : "";
    sentences.push(
      `${failing.parent} → ${failing.child} fails: ${calls}, ${formatShare(failing.errorShare)}${earlier}.`,
    );
  }
  if (slower?.before !== undefined) {
    sentences.push(
      `${slower === failing ? "It" : `${slower.parent} → ${slower.child}`} got slower: p95 ${formatDuration(slower.p95Nanos)}, was ${formatDuration(slower.before.p95Nanos)}.`,
    );
  }
  return sentences.join(" ");
}

/** What it was: none at all is no figure to be exact about. */
export function earlierShare(before: ServiceDependency): string {
  return before.errorCount === 0 ? "0 %" : formatShare(shareOf(before));
}

function factor({ p95Nanos, before }: DependencyRow): number {
  return p95Nanos / Math.max(before?.p95Nanos ?? 0, 1);
}

// Callers pass a failure on: from where most calls fail one goes down for as long as at least half of them fail there, too.
function originOf(rows: readonly DependencyRow[]): DependencyRow | undefined {
  const failing = sortRows(rows, "errors").filter(({ errorCount }) => errorCount > 0);
  let [at] = failing;
  const seen = new Set<DependencyRow>();
  while (at !== undefined && !seen.has(at)) {
    const here: DependencyRow = at;
    seen.add(here);
    at =
      failing.find(
        ({ parent, child, errorCount }) =>
          parent === here.child && child !== parent && errorCount * 2 >= here.errorCount,
      ) ?? here;
  }
  return at;
}
