// Answers of Jaeger's v3 API, written trace by trace: they may be longer than one text can be, and are never held whole.

import type { StoredTrace } from "@culprit/store";
import type { Span } from "@culprit/trace-model";
import { otlpJsonOf } from "@culprit/wire";
import { adjustedSpans } from "./adjusted-spans.ts";
import { jsonOf } from "./json-stream.ts";
import { inPieces } from "./span-pieces.ts";
import { type TraceSummary, traceSummaryOf } from "./trace-summary.ts";

type Traces = AsyncIterable<StoredTrace> | Iterable<StoredTrace>;

/** `{"result":{"resourceSpans":[…]}}`; nothing at all without traces. */
export async function* tracesJson(traces: Traces, isRaw: boolean): AsyncGenerator<string> {
  let separator = '{"result":{"resourceSpans":[';
  for await (const { spans } of traces) {
    for (const text of inPieces(adjustedSpans(spans, isRaw), resourceSpansJson)) {
      yield separator;
      yield text;
      separator = ",";
    }
  }
  if (separator === ",") yield "]}}";
}

/** Elements of the array, without its brackets. */
function resourceSpansJson(spans: readonly Span[]): string | undefined {
  return jsonOf(otlpJsonOf(spans).resourceSpans)?.slice(1, -1);
}

/** `{"summaries":[…]}` */
export async function* summariesJson(traces: Traces): AsyncGenerator<string> {
  let separator = '{"summaries":[';
  for await (const { spans } of traces) {
    yield separator + JSON.stringify(summaryOf(traceSummaryOf(spans)));
    separator = ",";
  }
  yield separator === "," ? "]}" : `${separator}]}`;
}

/** Zeros are written as well: clients are strict about what is not there. */
function summaryOf({ minStartUnixNano, maxEndUnixNano, ...summary }: TraceSummary): unknown {
  return {
    ...summary,
    minStartTimeUnixNano: minStartUnixNano.toString(),
    maxEndTimeUnixNano: maxEndUnixNano.toString(),
  };
}
