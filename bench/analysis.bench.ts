// node bench/analysis.bench.ts: spans a second, on one core, from spans in memory.
// Rounds alternate between the passes; median and spread of the rounds are printed.

import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { analyzeTrace, clipSpans, criticalPath, judgeTrace, selfTimes } from "@culprit/analysis";
import { assembleTrace, type Span, type Trace } from "@culprit/trace-model";
import {
  FIXTURES,
  type JaegerTrace,
  jaegerSpans,
  readFixture,
} from "../packages/analysis/test/jaeger-json.ts";
import { sketched } from "../packages/trace-model/test/sketched-span.ts";

const ROUNDS = 9;
/** Spans a round: enough for tens of milliseconds, which the clock and the collector do not blur. */
const SPANS_A_ROUND = 50_000;

interface DataSet {
  readonly name: string;
  readonly traces: readonly (readonly Span[])[];
}

/** The shapes of a real system, and of one trace as large as the page must show. */
function dataSets(): DataSet[] {
  const sets: DataSet[] = [];
  if (existsSync(FIXTURES)) {
    const { data } = readFixture("traces/deathstarbench-social-network-20x33.json") as {
      readonly data: readonly JaegerTrace[];
    };
    sets.push({ name: "DeathStarBench, 20 traces x 33 spans", traces: data.map(jaegerSpans) });
  }
  const wide = (index: number): Span =>
    sketched({
      id: (index + 1).toString(16),
      ...(index === 0 ? {} : { parent: (Math.floor((index - 1) / 10) + 1).toString(16) }),
      start: index * 10,
      end: 1e9 - index,
      name: `operation ${index % 97}`,
      attributes: { "http.request.method": "GET", "http.response.status_code": 200n },
    });
  const chain = (index: number): Span =>
    sketched({
      id: (index + 1).toString(16),
      ...(index === 0 ? {} : { parent: index.toString(16) }),
      start: index,
      end: 1e9 - index,
    });
  const fan = (index: number): Span =>
    sketched({
      id: (index + 1).toString(16),
      ...(index === 0 ? {} : { parent: "1" }),
      start: index,
      end: index === 0 ? 1e9 : 5e8 + ((index * 7919) % 100_000),
    });
  for (const [name, span] of Object.entries({ "ten children each": wide, chain, fan })) {
    sets.push({
      name: `one trace of 100,000 spans, ${name}`,
      traces: [Array.from({ length: 100_000 }, (_, index) => span(index))],
    });
  }
  return sets;
}

type Pass = (spans: readonly Span[], trace: Trace) => unknown;

const PASSES: Readonly<Record<string, Pass>> = {
  assembly: (spans) => assembleTrace(spans),
  "critical path + self time": (_, trace) => [
    criticalPath(trace, clipSpans(trace)),
    selfTimes(trace),
  ],
  "verdict of a trace": (_, trace) => analyzeTrace(trace),
  "judgement of a trace": (_, trace) => judgeTrace(trace),
  "assembly + verdict": (spans) => analyzeTrace(assembleTrace(spans)),
};

function spansPerSecond(pass: Pass, { traces }: DataSet, assembled: readonly Trace[]): number {
  const started = process.hrtime.bigint();
  let spanCount = 0;
  while (spanCount < SPANS_A_ROUND) {
    traces.forEach((spans, i) => {
      pass(spans, assembled[i] as Trace);
      spanCount += spans.length;
    });
  }
  return (spanCount * 1e9) / Number(process.hrtime.bigint() - started);
}

/** Spans a second, by median: of many traces, and of one of 100,000 spans within a second. */
const BARS: Readonly<Record<string, number>> = {
  "critical path + self time": 1_000_000,
  "verdict of a trace": 300_000,
};
const LARGE_TRACE_BAR = 100_000;

function thousands(rate: number): string {
  return `${Math.round(rate / 1000)} k`.padStart(8);
}

console.log(`${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}`);
for (const dataSet of dataSets()) {
  console.log(`\n${dataSet.name}: spans a second, median (lowest to highest) of ${ROUNDS}`);
  const assembled = dataSet.traces.map((spans) => assembleTrace(spans));
  const rates = new Map<string, number[]>();
  // One round more than is counted: the first compiles.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, pass] of Object.entries(PASSES)) {
      const rate = spansPerSecond(pass, dataSet, assembled);
      if (round === 0) rates.set(name, []);
      else rates.get(name)?.push(rate);
    }
  }
  for (const [name, measured] of rates) {
    const sorted = measured.toSorted((a, b) => a - b);
    const [median, low, high] = [sorted[ROUNDS >> 1], sorted[0], sorted.at(-1)];
    const bar = BARS[name] ?? 0;
    const isMissed =
      (median ?? 0) < (dataSet.traces.length > 1 ? bar : Math.min(bar, LARGE_TRACE_BAR));
    if (isMissed) process.exitCode = 1;
    console.log(
      `${name.padEnd(26)} ${thousands(median ?? 0)} (${thousands(low ?? 0).trim()} to ${thousands(high ?? 0).trim()})${isMissed ? " missed" : ""}`,
    );
  }
}
