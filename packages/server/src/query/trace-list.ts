// GET /api/culprit/traces: a page of traces, newest first, each with its verdict's one sentence.

import { analyzeTrace, type Topology } from "@culprit/analysis";
import type { TraceList, TraceListItem } from "@culprit/api";
import type { StoredTrace, TracePlace, TraceReader } from "@culprit/store";
import { assembleTrace } from "@culprit/trace-model";
import { findTraces } from "./found-traces.ts";
import { ParameterError } from "./parameter-error.ts";
import { parseTraceQuery } from "./trace-query-parameters.ts";

const DEFAULT_LIMIT = 20;

/** A page goes on after the last trace of the one before, whose place is what `next` says and `before` takes. */
export async function listTraces(
  reader: TraceReader,
  topology: Topology,
  parameters: URLSearchParams,
  nowMs: number,
): Promise<TraceList> {
  const query = parseTraceQuery(parameters, {
    limit: DEFAULT_LIMIT,
    overMaxLimit: "refuse",
    nowMs,
  });
  const before = parameters.get("before");
  // One more than shown tells whether there is a next page.
  const found = findTraces(reader, {
    ...query,
    limit: query.limit + 1,
    ...(before === null || before === "" ? undefined : { after: placeOf(before) }),
  });
  const traces: TraceListItem[] = [];
  let next = "";
  for await (const trace of found) {
    if (traces.length === query.limit) return { traces, next };
    traces.push(listItemOf(trace, topology));
    next = `${trace.latestUnixNano}-${trace.traceId}`;
  }
  return { traces, next: null };
}

function placeOf(before: string): TracePlace {
  const [, latest, traceId] = /^(\d{1,20})-([0-9a-f]{32})$/.exec(before) ?? [];
  if (latest === undefined || traceId === undefined) {
    throw new ParameterError(
      `parameter 'before' takes what 'next' of an earlier page said, not "${before}"`,
    );
  }
  return { latestUnixNano: BigInt(latest), traceId };
}

function listItemOf({ spans, lateSpanIds }: StoredTrace, topology: Topology): TraceListItem {
  const trace = assembleTrace(spans);
  const verdict = analyzeTrace(trace, { topology, lateSpanIds });
  const spanCounts = new Array<number>(trace.services.length).fill(0);
  for (const service of trace.service) spanCounts[service] = (spanCounts[service] ?? 0) + 1;
  return {
    traceId: verdict.traceId,
    root: verdict.root,
    startUnixNano: verdict.startUnixNano,
    durationNanos: verdict.durationNanos,
    spanCount: verdict.spanCount,
    errorSpanCount: verdict.errorSpanCount,
    services: trace.services.map((name, index) => ({ name, spanCount: spanCounts[index] ?? 0 })),
    summary: verdict.summary,
  };
}
