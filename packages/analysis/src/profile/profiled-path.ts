// What a profile needs of one trace, without the rest of its verdict.

import type { DurationNanos, Trace, UnixNanos } from "@culprit/trace-model";
import { clipSpans } from "../clipped-spans.ts";
import { correctClockSkew } from "../clock-skew.ts";
import { criticalPath } from "../critical-path.ts";
import { pathStacks, type StackShare } from "./path-stacks.ts";

export interface ProfiledPath {
  /** The root's. */
  readonly startUnixNano: UnixNanos;
  readonly durationNanos: DurationNanos;
  readonly path: readonly StackShare[];
}

/** The same path as the trace's verdict has. */
export function profiledPath(assembled: Trace): ProfiledPath {
  const { trace } = correctClockSkew(assembled);
  return {
    startUnixNano: trace.originUnixNano,
    durationNanos: trace.durationNanos[0] as number,
    path: pathStacks(trace, criticalPath(trace, clipSpans(trace))),
  };
}
