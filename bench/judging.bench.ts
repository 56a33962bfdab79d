// How fast one thread judges what the database answers: `node bench/judging.bench.ts`
// Traces of eight spans with 8 attributes, as in bench:ingest, read from a store once and judged again and again: columns
// to spans, assembly, verdict, columns of verdicts.

import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { openEmbeddedStore } from "@culprit/store";
import { OtlpProtobufDecoder } from "@culprit/wire";
import { TraceJudge } from "../packages/server/src/verdicts/trace-judge.ts";
import { RequestTemplate } from "./ingest-spans.ts";

const REQUESTS = 78;
const ROUNDS = 9;

const folder = await mkdtemp(join(tmpdir(), "culprit-bench-judging-"));
const store = await openEmbeddedStore(folder);
try {
  const decoder = new OtlpProtobufDecoder();
  for (let generation = 1; generation <= REQUESTS; generation++) {
    const template = new RequestTemplate();
    template.renew(generation, 0);
    store.writer.append((sink) => decoder.decode(template.body, sink));
  }
  await store.writer.flush();
  const { quiet } = store.ledger;
  const window = await quiet.window(0n, store.ledger.settledUntil(), 1e6);
  const [piece] = await quiet.pieces(window, 1e6);
  if (piece === undefined) throw new Error("nothing was stored");
  const answer = await quiet.spans(piece, 0n, 1e6);
  const judge = new TraceJudge(
    { quietNanos: 1e10, shortestQuietNanos: 1e10 },
    { callees: [], instances: [] },
  );
  const round = (): number => {
    const started = performance.now();
    const outcome = judge.judge({ answer, judgedUnixNano: 1n, maxSpans: 1e7 });
    if (outcome.kind !== "judged" || outcome.failures.length > 0) throw new Error("not judged");
    return (outcome.spanCount / (performance.now() - started)) * 1000;
  };
  for (let i = 0; i < 3; i++) round();
  const rates = Array.from({ length: ROUNDS }, round).sort((a, b) => a - b);
  const thousands = (rate: number | undefined) => `${Math.round((rate ?? 0) / 1000)} k`;
  console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`);
  console.log(
    `answer to verdict rows, ${window.spanCount} spans, one thread: ` +
      `median ${thousands(rates[ROUNDS >> 1])} spans/s (${thousands(rates[0])} to ${thousands(rates[ROUNDS - 1])}, ${ROUNDS} rounds)`,
  );
} finally {
  await store.close();
  await rm(folder, { recursive: true, force: true });
}
