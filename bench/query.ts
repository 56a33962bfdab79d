// npm run bench:query [-- --spans 1000000|10000000] [--data DIR --keep]
// Every question through the server's HTTP with whole answers (Jaeger's v1, limit 20), each time with other values, in
// turns: p50 and p95 beside the figures of the design. Asked twice: of the parts as the writer and the merges under load
// leave them, and of what a day's parts are once they have been quiet for ten minutes. Ends with 1 when a bar is missed.
// With --data DIR the spans are kept there (--keep) and asked again without being written anew.

import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, get } from "node:http";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startBenchServer, stop } from "./bench-server.ts";
import { fill, mergeQuietParts, type PartFigures, partFigures } from "./query-data.ts";
import {
  attributeKey,
  attributeValue,
  draw,
  KEYS,
  OPERATIONS_PER_SERVICE,
  operationName,
  SERVICES,
  SPANS_PER_TRACE,
  serviceName,
  startOf,
  traceId,
  VALUES,
} from "./query-spans.ts";

const { values } = parseArgs({
  options: {
    spans: { type: "string", default: "1000000" },
    data: { type: "string" },
    keep: { type: "boolean", default: false },
  },
});
const traces = Math.floor(Number(values.spans) / SPANS_PER_TRACE);
const LIMIT = 20;
const WARM_UP_ROUNDS = 5;
const ROUNDS = 60;
/** Slow questions are asked less often. */
const MAX_MS_A_QUESTION = 6000;
const MAX_BYTES_A_SPAN = 45;

interface Question {
  readonly name: string;
  /** Milliseconds at 1 M and at 10 M spans. */
  readonly bars: readonly [number, number];
  readonly traces: number;
  /** @param round of the rounds, no two alike */
  readonly path: (round: number) => string;
}

const micros = (unixNano: bigint): string => String(unixNano / 1000n);
const first = startOf(0);
const end = startOf(traces) + 1_000_000_000_000n;
const hour = 3_600_000_000_000n;

function search(conditions: Record<string, string>, from = first, to = end): string {
  const window = { start: micros(from), end: micros(to), limit: String(LIMIT) };
  return `/api/traces?${new URLSearchParams({ ...conditions, ...window })}`;
}

const anyService = (round: number): string => serviceName(Math.floor(draw(round, 1) * SERVICES));
const anyKey = (round: number): string => attributeKey(Math.floor(draw(round, 2) * KEYS));

const QUESTIONS: readonly Question[] = [
  {
    name: "trace by id",
    bars: [3, 10],
    traces: 1,
    path: (round) => `/api/traces/${traceId(Math.floor(draw(round, 3) * traces))}`,
  },
  {
    name: "service",
    bars: [15, 20],
    traces: LIMIT,
    path: (round) => search({ service: anyService(round) }),
  },
  {
    name: "service, an hour in the middle",
    bars: [15, 20],
    traces: LIMIT,
    path: (round) => {
      const middle = startOf(Math.floor(traces * (0.4 + draw(round, 4) / 10)));
      return search({ service: anyService(round) }, middle - hour, middle);
    },
  },
  {
    name: "operation",
    bars: [12, 25],
    traces: LIMIT,
    path: (round) => {
      const service = Math.floor(draw(round, 5) * SERVICES);
      const operation = Math.floor(draw(round, 6) * OPERATIONS_PER_SERVICE);
      return search({
        service: serviceName(service),
        operation: operationName(service, operation),
      });
    },
  },
  {
    name: "duration (one trace in a hundred)",
    bars: [15, 25],
    traces: LIMIT,
    path: (round) => search({ minDuration: `${1_000_000 + round}us` }),
  },
  {
    name: "attribute",
    bars: [10, 100],
    traces: LIMIT,
    path: (round) =>
      search({ tag: `${anyKey(round)}:${attributeValue(Math.floor(draw(round, 7) * VALUES))}` }),
  },
  {
    name: "attribute value that is nowhere",
    bars: [100, 100],
    traces: 0,
    path: (round) => search({ tag: `${anyKey(round)}:nowhere_${round}` }),
  },
];

const thousands = (value: number): string => Math.round(value).toLocaleString("en-US");
const isLarge = traces * SPANS_PER_TRACE > 3_000_000;
const missed: string[] = [];
const folder = values.data ?? (await mkdtemp(join(tmpdir(), "culprit-bench-query-")));
try {
  console.log(
    `${cpus().length} x ${cpus()[0]?.model ?? "processor"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  );
  console.log(
    `${thousands(traces * SPANS_PER_TRACE)} spans over ${(Number(startOf(traces) - first) / 3.6e12).toFixed(1)} h: ` +
      `traces of ${SPANS_PER_TRACE}, ${SERVICES} services of ${OPERATIONS_PER_SERVICE} operations, ` +
      `11 attributes of ${KEYS} keys x ${VALUES} values`,
  );
  if (!existsSync(join(folder, "engine"))) {
    const seconds = await fill(folder, traces);
    console.log(`taken in in ${seconds.toFixed(1)} s`);
  }
  await ask("as written", await partFigures(folder));
  const quiet = await mergeQuietParts(folder);
  if (quiet.bytesPerSpan > MAX_BYTES_A_SPAN) {
    missed.push(`${quiet.bytesPerSpan.toFixed(1)} B/span on disk`);
  }
  for (const miss of await ask("after ten quiet minutes", quiet)) missed.push(miss);
} finally {
  if (!values.keep) await rm(folder, { recursive: true, force: true });
}
for (const miss of missed) console.log(`MISSED ${miss}`);
process.exitCode = missed.length === 0 ? 0 : 1;

/** @returns the bars that were missed */
async function ask(state: string, { parts, bytesPerSpan }: PartFigures): Promise<string[]> {
  console.log(
    `\n${state}: ${parts} parts, ${bytesPerSpan.toFixed(1)} B/span on disk (bar ${MAX_BYTES_A_SPAN})`,
  );
  console.log(`${"".padEnd(36)}${"p50".padStart(8)}${"p95".padStart(9)}${"bar".padStart(8)}  ms`);
  const server = await startBenchServer(folder, "off");
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const below: string[] = [];
  try {
    const took = QUESTIONS.map((): number[] => []);
    for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
      for (const [i, question] of QUESTIONS.entries()) {
        const times = took[i] as number[];
        if (times.reduce((sum, ms) => sum + ms, 0) > MAX_MS_A_QUESTION) continue;
        const ms = await milliseconds(agent, server.query, question, round);
        if (round >= WARM_UP_ROUNDS || ms > MAX_MS_A_QUESTION / ROUNDS) times.push(ms);
      }
    }
    for (const [i, { name, bars }] of QUESTIONS.entries()) {
      const times = (took[i] as number[]).sort((a, b) => a - b);
      const at = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? 0;
      const bar = bars[isLarge ? 1 : 0];
      console.log(
        `${name.padEnd(36)}${at(0.5).toFixed(1).padStart(8)}${at(0.95).toFixed(1).padStart(9)}${String(bar).padStart(8)}`,
      );
      if (at(0.5) > bar) below.push(`${name}: p50 ${at(0.5).toFixed(1)} ms, bar ${bar}`);
    }
  } finally {
    agent.destroy();
    await stop(server.process);
  }
  return below;
}

async function milliseconds(
  agent: Agent,
  port: string,
  question: Question,
  round: number,
): Promise<number> {
  const started = performance.now();
  const body = await fetchBody(agent, port, question.path(round));
  const ms = performance.now() - started;
  const { data } = JSON.parse(body) as { readonly data: readonly { readonly spans: unknown[] }[] };
  if (data.length !== question.traces) {
    throw new Error(`${question.name}: ${data.length} traces for ${question.path(round)}`);
  }
  for (const { spans } of data) {
    if (spans.length !== SPANS_PER_TRACE) throw new Error(`${spans.length} spans in a trace`);
  }
  return ms;
}

/** Not by `fetch`, which adds a tenth of what is measured. */
function fetchBody(agent: Agent, port: string, path: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  get({ agent, host: "127.0.0.1", port, path }, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", reject);
    response.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
  }).on("error", reject);
  return promise;
}
