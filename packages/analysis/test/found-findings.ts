// Findings of a trace written down by hand. Times of sketches are milliseconds.

import type { Finding } from "@culprit/api";
import { assembleTrace } from "@culprit/trace-model";
import { type SpanSketch, sketched } from "../../trace-model/test/sketched-span.ts";
import type { AnalysisOptions } from "../src/analysis-options.ts";
import { analyzeTrace } from "../src/analyze-trace.ts";

export const SERVER = 2;
export const CLIENT = 3;
export const PRODUCER = 4;
export const CONSUMER = 5;
export const ERROR = 2;

export interface MillisecondSketch extends Omit<SpanSketch, "start" | "end"> {
  readonly start: number;
  readonly end: number;
}

function inMilliseconds(sketches: readonly MillisecondSketch[]): SpanSketch[] {
  return sketches.map((each) => ({
    ...each,
    start: BigInt(Math.round(each.start * 1e6)),
    end: BigInt(Math.round(each.end * 1e6)),
  }));
}

export function findings(
  sketches: readonly MillisecondSketch[],
  options: AnalysisOptions = {},
): readonly Finding[] {
  return analyzeTrace(assembleTrace(inMilliseconds(sketches).map(sketched)), options).findings;
}

/** Those of one kind, with the ids as the sketches have them. */
export function found(
  kind: string,
  sketches: readonly MillisecondSketch[],
  options: AnalysisOptions = {},
): readonly Finding[] {
  return findings(sketches, options)
    .filter((finding) => finding.kind === kind)
    .map((finding) => ({
      ...finding,
      spanIds: finding.spanIds.map((id) => id.replace(/^0+/, "")),
    }));
}

/** A server span of `web` to hang the rest below. */
export function webRoot(end: number): MillisecondSketch {
  return { id: "1", start: 0, end, kind: SERVER, service: "web", name: "GET /cart" };
}
