// A search whose traces are read a few at a time, so that an answer is made of many fat traces without holding them all.

import type { StoredTrace, TracePlace, TraceQuery, TraceReader } from "@culprit/store";

export interface FoundTrace extends StoredTrace, TracePlace {}

/** Traces of the first read: a usual answer is one read, and nothing is known yet of how large they are. */
const FIRST_TRACES = 32;
/** By how much reads may grow, since a fat trace may follow thin ones. */
const GROWTH = 8;
/** Held at once, unless a single trace is larger: some 200 MB. */
const HELD_SPANS = 200_000;

export async function* findTraces(
  reader: Pick<TraceReader, "findTraces" | "traces" | "trace">,
  query: TraceQuery,
): AsyncGenerator<FoundTrace> {
  const places = await reader.findTraces(query);
  let wanted = FIRST_TRACES;
  for (let from = 0; from < places.length; ) {
    const portion = places.slice(from, from + wanted);
    const traces = await readPortion(reader, portion);
    if (traces === undefined) {
      wanted = Math.ceil(portion.length / GROWTH);
      continue;
    }
    from += portion.length;
    let largestSpans = 1;
    const placeOf = new Map(portion.map((place) => [place.traceId, place]));
    for (const trace of traces) {
      largestSpans = Math.max(largestSpans, trace.spans.length);
      yield { ...(placeOf.get(trace.traceId) as TracePlace), ...trace };
    }
    wanted = Math.max(1, Math.min(wanted * GROWTH, Math.floor(HELD_SPANS / largestSpans)));
  }
}

/** Undefined when they are too large to be held together; one is read whatever it holds. */
async function readPortion(
  reader: Pick<TraceReader, "traces" | "trace">,
  portion: readonly TracePlace[],
): Promise<readonly StoredTrace[] | undefined> {
  const ids = portion.map(({ traceId }) => traceId);
  const [first] = ids;
  if (first === undefined || ids.length > 1) return reader.traces(ids, HELD_SPANS);
  const trace = await reader.trace(first);
  return trace === undefined ? [] : [trace];
}
