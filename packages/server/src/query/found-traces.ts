// A search whose traces are read a few at a time, so that an answer is made of many fat traces without holding them all.

import type { FoundTrace, TraceQuery, TraceReader } from "@culprit/store";

/** Traces of the first read: nothing is known yet of how large they are. */
const FIRST_TRACES = 4;
/** By how much reads may grow, since a fat trace may follow thin ones. */
const GROWTH = 8;
/** Held at once when traces are as large as the largest one so far: some 200 MB. */
const HELD_SPANS = 200_000;

export async function* findTraces(
  reader: TraceReader,
  query: TraceQuery,
): AsyncGenerator<FoundTrace> {
  let { after } = query;
  let left = query.limit;
  let wanted = FIRST_TRACES;
  let largestSpans = 1;
  while (left > 0) {
    const limit = Math.min(left, wanted);
    const found = await reader.findTraces({
      ...query,
      limit,
      ...(after === undefined ? undefined : { after }),
    });
    for (const trace of found) {
      largestSpans = Math.max(largestSpans, trace.spans.length);
      after = { latestUnixNano: trace.latestUnixNano, traceId: trace.traceId };
      yield trace;
    }
    if (found.length < limit) return;
    left -= limit;
    wanted = Math.max(1, Math.min(limit * GROWTH, Math.floor(HELD_SPANS / largestSpans)));
  }
}
