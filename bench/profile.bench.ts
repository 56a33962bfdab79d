// node bench/profile.bench.ts [TRACES]: a profile over stored verdicts (1,000,000 without a number), asked over HTTP: the
// document, its folded stacks, and with a condition on verdicts. Prints the median and the spread of warm rounds, and what
// a trace's verdict and its path cost on disk.
//
// Traces are of 40 kinds (an entry operation and the calls under it); each has 10 stacks on its critical path.

import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { onlyDoors, startServer } from "@culprit/server";
import { openEmbeddedStore, type PathShare, type Store, VerdictBlock } from "@culprit/store";
import { openEmbeddedEngine } from "../packages/store/src/embedded-engine.ts";
import { selectRows } from "../packages/store/src/native-rows.ts";

const TRACES = Number(process.argv[2] ?? 1_000_000);
const ROUNDS = 7;
const KINDS = 40;
const STACKS = 10;
const BLOCK_ROWS = 50_000;
const SECOND = 1_000_000_000n;
const START = 1_795_000_000n * SECOND;
/** A day, whatever their number. */
const SPREAD_NANOS = 86_400n * SECOND;

/** Repeatable, so that every run has the same traces. https://en.wikipedia.org/wiki/Linear_congruential_generator */
let state = 1;
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

type Frame = Pick<PathShare, "service" | "operation" | "parent">;

/** From the entry down: every stack is one frame longer, but for some that begin another branch. */
const kinds: readonly (readonly Frame[])[] = Array.from({ length: KINDS }, (_, kind) => {
  const frames: Frame[] = [];
  for (let i = 0; i < STACKS; i++) {
    const service = `service-${(kind + i) % 25}`;
    const operation = i === 0 ? `GET /route/${kind}` : `operation ${(kind * 7 + i * 3) % 90}`;
    frames.push({ service, operation, parent: i % 4 === 0 ? Math.min(i, 1) - 1 : i - 1 });
  }
  return frames;
});

async function fill(store: Store): Promise<void> {
  for (let from = 0; from < TRACES; from += BLOCK_ROWS) {
    const block = new VerdictBlock();
    for (let n = from; n < Math.min(from + BLOCK_ROWS, TRACES); n++) {
      const startUnixNano = START + (SPREAD_NANOS * BigInt(n)) / BigInt(TRACES);
      const frames = kinds[Math.floor(random() ** 2 * KINDS)] ?? [];
      const slow = random() < 0.02 ? 20 : 1;
      const shares = frames.map((frame) => ({
        ...frame,
        nanos: Math.floor(random() ** 3 * 2e7 * slow) + 1,
      }));
      const largest = shares.reduce((most, share) => (share.nanos > most.nanos ? share : most));
      block.add(
        {
          traceId: (n * 2_654_435_761).toString(16).padStart(32, "0"),
          startUnixNano,
          durationNanos: shares.reduce((sum, { nanos }) => sum + nanos, 0),
          rootService: frames[0]?.service ?? "",
          rootOperation: frames[0]?.operation ?? "",
          spanCount: 20,
          errorSpanCount: 0,
          bottleneckService: largest.service,
          bottleneckOperation: largest.operation,
          findingKinds: slow > 1 ? ["bottleneck", "slow-query"] : ["bottleneck"],
          errorOrigins: [],
          path: shares,
          receivedUnixNano: startUnixNano,
          analysisVersion: 1,
        },
        { judgedUnixNano: startUnixNano, again: false, notJudged: "" },
      );
    }
    await store.ledger.keep([{ columns: block.columns(), rows: block.rows }]);
  }
  await store.ledger.judged(store.ledger.now(), store.ledger.quietNanos);
}

async function printSizes(folder: string): Promise<void> {
  const engine = await openEmbeddedEngine(folder);
  // A copy that keeps a file a column: the sizes of columns that share one are not counted.
  await engine.command(
    `create table culprit.wide as culprit.verdicts engine = MergeTree
     order by (tenant, intDiv(start_unix_nano, 60000000000), trace_id)
     settings default_compression_codec = 'ZSTD(1)', min_bytes_for_wide_part = 0`,
  );
  await engine.command("insert into culprit.wide select * from culprit.verdicts");
  const rows = await selectRows(
    engine,
    `select column, sum(column_data_compressed_bytes) as bytes from system.parts_columns
     where active and database = 'culprit' and table = 'wide' group by column`,
  );
  await engine.command("drop table culprit.wide");
  await engine.close();
  const bytesOf = (names: RegExp): string => {
    const matching = rows.filter((row) => names.test(String(row["column"])));
    const bytes = matching.reduce((sum, row) => sum + Number(row["bytes"]), 0);
    return `${(bytes / TRACES).toFixed(1)} B`;
  };
  console.log(
    `on disk, a trace: ${bytesOf(/./)}; its path ${bytesOf(/^path_/)}, of that the tree ${bytesOf(/^path_parents$/)}`,
  );
}

async function milliseconds(url: string): Promise<number> {
  const started = performance.now();
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  if (url.includes("finding=") || url.includes("folded")) return performance.now() - started;
  const took = performance.now() - started;
  const { traceCount } = JSON.parse(text) as { readonly traceCount: number };
  if (traceCount !== TRACES) throw new Error(`${traceCount} traces instead of ${TRACES}`);
  return took;
}

const folder = await mkdtemp(path.join(tmpdir(), "culprit-bench-profile-"));
try {
  console.log(`${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}`);
  console.log(`${TRACES} stored verdicts over a day, ${KINDS} kinds, ${STACKS} stacks each`);
  const store = await openEmbeddedStore(folder);
  await fill(store);
  await store.close();
  await printSizes(folder);
  const server = await startServer({
    openStore: (hooks) => openEmbeddedStore(folder, hooks),
    ports: onlyDoors({ query: 0 }),
  });
  try {
    const iso = (nanos: bigint): string => new Date(Number(nanos / 1_000_000n)).toISOString();
    const window = `from=${iso(START)}&to=${iso(START + SPREAD_NANOS + SECOND)}`;
    const url = `http://${server.addresses.get("query")}/api/culprit/profile?${window}`;
    for (const [name, asked] of [
      ["profile", url],
      ["folded stacks", `${url}&format=folded`],
      ["folded stacks of the worst 1 %", `${url}&format=folded&band=99-100`],
      ["profile of finding=slow-query", `${url}&finding=slow-query`],
    ] as const) {
      const rounds: number[] = [];
      await milliseconds(asked);
      for (let i = 0; i < ROUNDS; i++) rounds.push(await milliseconds(asked));
      rounds.sort((a, b) => a - b);
      const [fastest = 0, slowest = 0] = [rounds.at(0), rounds.at(-1)];
      const median = rounds[Math.floor(ROUNDS / 2)] ?? 0;
      console.log(
        `${name}: p50 ${median.toFixed(0)} ms (${fastest.toFixed(0)} to ${slowest.toFixed(0)})`,
      );
    }
  } finally {
    await server.close();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
