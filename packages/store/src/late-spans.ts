// Which spans of a trace came after it had been quiet and judged. Told by their arrival alone, so that whoever asks,
// whenever, gets the same answer.

import type { DurationNanos, Span, UnixNanos } from "@culprit/trace-model";

export interface StoredSpan {
  readonly span: Span;
  readonly receivedUnixNano: UnixNanos;
}

const NONE: ReadonlySet<string> = new Set();

/** A copy of a span that was there in time is not late. */
export function lateSpanIds(
  spans: readonly StoredSpan[],
  quietNanos: DurationNanos,
): ReadonlySet<string> {
  const quiet = BigInt(Math.round(quietNanos));
  const gap = firstGap(spans, quiet);
  if (gap === undefined) return NONE;
  const inTime = new Set<string>();
  const late = new Set<string>();
  for (const { span, receivedUnixNano } of spans) {
    (receivedUnixNano < gap ? inTime : late).add(span.spanId);
  }
  for (const id of inTime) late.delete(id);
  return late;
}

/** Whether some spans came more than `quietNanos` after all earlier ones. */
export function hasGap(spans: readonly StoredSpan[], quietNanos: DurationNanos): boolean {
  return firstGap(spans, BigInt(Math.round(quietNanos))) !== undefined;
}

/** The arrival that ended the first quiet. */
function firstGap(spans: readonly StoredSpan[], quiet: bigint): UnixNanos | undefined {
  let first = spans[0]?.receivedUnixNano ?? 0n;
  let last = first;
  for (const { receivedUnixNano } of spans) {
    if (receivedUnixNano < first) first = receivedUnixNano;
    else if (receivedUnixNano > last) last = receivedUnixNano;
  }
  if (last - first <= quiet) return undefined;
  const arrivals = BigUint64Array.from(spans, ({ receivedUnixNano }) => receivedUnixNano).sort();
  for (let i = 1; i < arrivals.length; i++) {
    const arrival = arrivals[i] as bigint;
    if (arrival - (arrivals[i - 1] as bigint) > quiet) return arrival;
  }
  return undefined;
}
