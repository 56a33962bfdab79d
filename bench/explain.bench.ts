// node bench/explain.bench.ts [TRACES] [ROUNDS]: explain over traces of 20 spans with 8 attributes each, from the store:
// half of them the baseline, half the incident, in which one service is slower.

import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { explainTraces, parseExplainRequest } from "@culprit/server";
import { openEmbeddedStore, type Store } from "@culprit/store";
import { type Span, SpanReplay } from "@culprit/trace-model";
import { sketched } from "../packages/trace-model/test/sketched-span.ts";

const SPANS_A_TRACE = 20;
const SERVICES = 7;
const SLOW_SERVICE = 4;
const MS = 1_000_000n;
const START = BigInt(Date.parse("2026-03-01T10:00:00Z")) * MS;
/** Of each side. */
const WINDOW_NANOS = 600_000_000_000n;

/** Of so many traces, the bar: missed, it ends with 1. */
const BAR_TRACES = 20_000;
const BAR_SECONDS = 3;

const traces = Number(process.argv[2] ?? BAR_TRACES);
const rounds = Number(process.argv[3] ?? 5);

/** A root and nineteen calls, one after the other, two levels deep. */
function traceSpans(index: number): Span[] {
  const isIncident = index % 2 === 1;
  const start =
    START +
    (isIncident ? 2n * WINDOW_NANOS : 0n) +
    (BigInt(index >> 1) * WINDOW_NANOS) / BigInt(Math.ceil(traces / 2));
  const spans: Span[] = [];
  let at = 0;
  for (let i = 1; i < SPANS_A_TRACE; i++) {
    const service = i % SERVICES;
    const jitter = (index * 7919 + i * 104_729) % 1_000_000;
    const length = 2e6 + jitter + (isIncident && service === SLOW_SERVICE ? 5e6 : 0);
    spans.push(child(index, i, start, at, at + length, service));
    at += length + 100_000;
  }
  return [child(index, 0, start, 0, at, 0), ...spans];
}

function child(
  trace: number,
  id: number,
  start: bigint,
  from: number,
  to: number,
  service: number,
): Span {
  return {
    ...sketched({
      id: (id + 1).toString(16),
      ...(id === 0 ? {} : { parent: "1" }),
      start: from,
      end: to,
      name: `operation ${id}`,
      service: `service-${service}`,
      attributes: {
        "http.request.method": "GET",
        "http.response.status_code": 200n,
        "http.route": `/route/${id}`,
        "server.address": `host-${service}`,
        "request.id": `${trace}-${id}`,
        "app.product.id": `product-${trace % 300}`,
        "cloud.zone": `zone-${trace % 3}`,
        "thread.id": BigInt(trace % 17),
      },
    }),
    traceId: (trace + 1).toString(16).padStart(32, "0"),
    startUnixNano: start + BigInt(from),
    endUnixNano: start + BigInt(to),
  };
}

async function fill(store: Store): Promise<void> {
  for (let from = 0; from < traces; from += 2000) {
    const outcome = store.writer.append((sink) => {
      const replay = new SpanReplay(sink);
      for (let index = from; index < Math.min(traces, from + 2000); index++) {
        for (const span of traceSpans(index)) replay.span(span);
      }
    });
    if (outcome.kind === "overloaded") throw new Error("the store is overloaded");
    await outcome.committed;
  }
}

const time = (nanos: bigint): string => new Date(Number(nanos / MS)).toISOString();
const folder = mkdtempSync(join(tmpdir(), "culprit-explain-"));
const store = await openEmbeddedStore(join(folder, "data"));
try {
  await fill(store);
  const question = parseExplainRequest({
    baseline: [{ from: time(START), to: time(START + WINDOW_NANOS) }],
    incident: { from: time(START + 2n * WINDOW_NANOS), to: time(START + 3n * WINDOW_NANOS) },
  });
  console.log(`${cpus()[0]?.model ?? "?"}, ${cpus().length} cores, Node ${process.version}`);
  console.log(`${traces} traces of ${SPANS_A_TRACE} spans, explained ${rounds} times`);
  const seconds: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const started = performance.now();
    const { baseline, incident, suspects } = await explainTraces(store.cohorts, question);
    const tookSeconds = (performance.now() - started) / 1000;
    if (suspects[0]?.service !== `service-${SLOW_SERVICE}`) throw new Error("the wrong suspect");
    if (baseline.traceCount + incident.traceCount !== traces) throw new Error("traces are missing");
    console.log(`${round === 0 ? "first " : "again "}${tookSeconds.toFixed(2)} s`);
    if (round > 0) seconds.push(tookSeconds);
  }
  seconds.sort((a, b) => a - b);
  const median = seconds[Math.floor(seconds.length / 2)] as number;
  console.log(
    `median ${median.toFixed(2)} s, ${seconds[0]?.toFixed(2)} to ${seconds.at(-1)?.toFixed(2)} s`,
  );
  if (traces <= BAR_TRACES && median > BAR_SECONDS) {
    console.log(`missed: more than ${BAR_SECONDS} s`);
    process.exitCode = 1;
  }
} finally {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
}
