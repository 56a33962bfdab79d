// Calls summed by who calls whom.

import type { Dependency } from "./dependency-reader.ts";
import { DurationHistogram } from "./duration-histogram.ts";

interface Sum {
  readonly durations: DurationHistogram;
  errorCount: number;
}

export class DependencySums {
  readonly #byParent = new Map<string, Map<string, Sum>>();

  /** @param bucket of the called spans' durations */
  add(parent: string, child: string, bucket: number, isError: boolean, count: number): void {
    const sum = this.#sum(parent, child);
    sum.durations.add(bucket, count);
    if (isError) sum.errorCount += count;
  }

  #sum(parent: string, child: string): Sum {
    let byChild = this.#byParent.get(parent);
    if (byChild === undefined) {
      byChild = new Map();
      this.#byParent.set(parent, byChild);
    }
    let sum = byChild.get(child);
    if (sum === undefined) {
      sum = { durations: new DurationHistogram(), errorCount: 0 };
      byChild.set(child, sum);
    }
    return sum;
  }

  /** By parent, then child. @param service on either side; absent: all */
  dependencies(service: string | undefined): Dependency[] {
    const all: Dependency[] = [];
    for (const [parent, byChild] of sorted(this.#byParent)) {
      for (const [child, { durations, errorCount }] of sorted(byChild)) {
        if (service !== undefined && parent !== service && child !== service) continue;
        const p95Nanos = durations.quantile(0.95);
        all.push({ parent, child, callCount: durations.count, errorCount, p95Nanos });
      }
    }
    return all;
  }
}

function sorted<T>(byName: ReadonlyMap<string, T>): [string, T][] {
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1));
}
