// Requests that ended in failure while what they had begun went on: their time ran out, or their caller's did. That says
// nothing of who took the time, so the traces are judged by their times; a request that these do not explain fails by
// itself after all.

import { SpanKind, type TraceColumns } from "@culprit/trace-model";
import type { Accusation } from "./accusation.ts";
import { type Cohorts, Side } from "./cohorts.ts";
import type { Places } from "./places.ts";

/** A server that has answered closes its span a little after its caller did; the same 10 ms are no wasted work. */
const WENT_ON_NANOS = 10_000_000;

/**
 * 1 a row of those where a failure began. A server may close its own span with the connection: what goes on may lie any
 * number of steps below.
 */
export function givenUpRequests(columns: TraceColumns, origins: Uint8Array): Uint8Array {
  const { parent, kind, startNanos, durationNanos } = columns;
  const end = startNanos.map((start, row) => start + (durationNanos[row] as number));
  const lastEnd = end.slice();
  const givenUp = new Uint8Array(parent.length);
  // Children come after their parents.
  for (let row = parent.length - 1; row >= 0; row--) {
    const isRequest = kind[row] === SpanKind.client || kind[row] === SpanKind.server;
    const wentOn = (lastEnd[row] as number) - (end[row] as number);
    if (origins[row] === 1 && isRequest && wentOn > WENT_ON_NANOS) givenUp[row] = 1;
    const above = parent[row] as number;
    if (above < 0 || kind[row] === SpanKind.consumer) continue;
    if ((startNanos[row] as number) >= (end[above] as number)) continue;
    lastEnd[above] = Math.max(lastEnd[above] as number, lastEnd[row] as number);
  }
  return givenUp;
}

/** Those among the marked rows beneath which nothing is at an accused place. */
export function unexplained(
  { parent }: TraceColumns,
  { place }: Places,
  givenUp: Uint8Array,
  accusations: readonly Accusation[],
): Uint8Array {
  const accused = new Set(accusations.flatMap((each) => [each.place, ...(each.with ?? [])]));
  const left = givenUp.slice();
  const isAbove = new Uint8Array(parent.length);
  for (let row = 0; row < parent.length; row++) {
    if (!accused.has(place[row] as number)) continue;
    for (let at = row; at >= 0 && isAbove[at] === 0; at = parent[at] as number) {
      isAbove[at] = 1;
      left[at] = 0;
    }
  }
  return left;
}

/** What a request that was given up did not come to is no step left out. */
export function withoutGivenUp({ columns, side }: Cohorts, givenUp: Uint8Array): Uint8Array {
  return side.map((of, trace) => {
    const rows = givenUp.subarray(columns.firstRow[trace], columns.firstRow[trace + 1]);
    return rows.includes(1) ? Side.neither : of;
  });
}
