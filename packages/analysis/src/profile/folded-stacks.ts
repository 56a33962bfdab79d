// Folded stacks: a line a stack, its frames from the outermost, a space, and its own nanoseconds. What
// FlameGraph, speedscope, inferno and others read.

import type { DurationNanos } from "@culprit/trace-model";

export interface StackSum {
  /** Frames joined, as `frameOf` spells them. */
  readonly stack: string;
  readonly nanos: DurationNanos;
}

/** Each stack once, in the order of their names: the same traces give the same text. Empty for nothing. */
export function renderFoldedStacks(sums: Iterable<StackSum>): string {
  const nanosByStack = new Map<string, DurationNanos>();
  for (const { stack, nanos } of sums) {
    nanosByStack.set(stack, (nanosByStack.get(stack) ?? 0) + nanos);
  }
  return [...nanosByStack]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([stack, nanos]) => `${stack} ${nanos}\n`)
    .join("");
}
