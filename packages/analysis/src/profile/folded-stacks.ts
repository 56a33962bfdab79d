// Folded stacks: a line a stack, its frames from the outermost, a space, and its own nanoseconds. What
// FlameGraph, speedscope, inferno and others read.

import type { DurationNanos } from "@culprit/trace-model";
import { FRAME_SEPARATOR, frameOf } from "./frame.ts";
import type { StackShare } from "./path-stacks.ts";

/** Each stack once, in the order of their names: the same traces give the same text. Empty for nothing. */
export function renderFoldedStacks(paths: Iterable<readonly StackShare[]>): string {
  const nanosByStack = new Map<string, DurationNanos>();
  for (const path of paths) {
    const stacks: string[] = [];
    for (const { service, operation, parent, nanos } of path) {
      const frame = frameOf(service, operation);
      const caller = stacks[parent];
      const stack = caller === undefined ? frame : caller + FRAME_SEPARATOR + frame;
      stacks.push(stack);
      if (nanos > 0) nanosByStack.set(stack, (nanosByStack.get(stack) ?? 0) + nanos);
    }
  }
  return [...nanosByStack]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([stack, nanos]) => `${stack} ${nanos}\n`)
    .join("");
}
