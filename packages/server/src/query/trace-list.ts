// GET /api/culprit/traces: a page of traces, newest first, each with its verdict's one sentence.

import { analyzeTrace } from "@culprit/analysis";
import type { TraceList, TraceListItem } from "@culprit/api";
import type { StoredTrace, TraceQuery, TraceReader } from "@culprit/store";
import { assembleTrace } from "@culprit/trace-model";
import { matchesQuery } from "./span-match.ts";
import { integerParameter, parseTraceQuery } from "./trace-query-parameters.ts";

const DEFAULT_LIMIT = 20;

/**
 * A page goes on where the one before ended: `before` is the start of the last trace's latest matching span. Traces
 * that reach to both sides of it were on an earlier page already, so more are read than shown.
 */
export async function listTraces(
  reader: TraceReader,
  parameters: URLSearchParams,
  nowMs: number,
): Promise<TraceList> {
  const query = parseTraceQuery(parameters, { limit: DEFAULT_LIMIT, nowMs });
  const before = integerParameter(parameters, "before");
  const { shown, hasMore } = await readPage(reader, query, before);
  const last = shown.at(-1);
  return {
    traces: shown.map(({ trace }) => listItemOf(trace)),
    next: hasMore && last !== undefined ? last.latestUnixNano.toString() : null,
  };
}

interface ListedTrace {
  readonly trace: StoredTrace;
  /** Start of the latest span that matches. */
  readonly latestUnixNano: bigint;
}

async function readPage(
  reader: TraceReader,
  query: TraceQuery,
  before: bigint | undefined,
): Promise<{ shown: readonly ListedTrace[]; hasMore: boolean }> {
  const narrowed =
    before === undefined ? query : { ...query, startMaxUnixNano: minOf(query, before) };
  // One more than shown tells whether there is a next page.
  let limit = query.limit + 1;
  for (;;) {
    const found = await reader.findTraces({ ...narrowed, limit });
    const listed = found
      .map((trace) => ({ trace, latestUnixNano: latestMatch(trace, query) }))
      .filter(({ latestUnixNano }) => before === undefined || latestUnixNano < before);
    if (listed.length > query.limit || found.length < limit) {
      return { shown: listed.slice(0, query.limit), hasMore: listed.length > query.limit };
    }
    limit *= 2;
  }
}

function minOf(query: TraceQuery, before: bigint): bigint {
  const max = query.startMaxUnixNano;
  return max !== undefined && max < before ? max : before - 1n;
}

function latestMatch(trace: StoredTrace, query: TraceQuery): bigint {
  let latest = 0n;
  for (const span of trace.spans) {
    if (span.startUnixNano > latest && matchesQuery(span, query)) latest = span.startUnixNano;
  }
  return latest;
}

function listItemOf({ spans }: StoredTrace): TraceListItem {
  const trace = assembleTrace(spans);
  const verdict = analyzeTrace(trace);
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
