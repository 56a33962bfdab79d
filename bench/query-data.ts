// The folder that `npm run bench:query` asks: filled through the product's own writer, brought to rest, described.

import { setTimeout as sleep } from "node:timers/promises";
import { openEmbeddedStore } from "@culprit/store";
import { openEmbeddedEngine } from "../packages/store/src/embedded-engine.ts";
import { selectRows } from "../packages/store/src/native-rows.ts";
import { QuerySpans, startOf } from "./query-spans.ts";

const TRACES_AN_APPEND = 100;
/** Spans arrive some seconds after they started. */
const ARRIVAL_DELAY_NANOS = 3_000_000_000n;
/** Enough for the next block to fill while one is written. */
const MAX_PENDING_SPANS = 100_000;
/** Merges follow each other closely; none for so long, and none will come. */
const CALM_MS = 4000;

export interface PartFigures {
  readonly parts: number;
  readonly bytesPerSpan: number;
}

/** @returns seconds until all was committed */
export async function fill(folder: string, traces: number): Promise<number> {
  let now = startOf(0);
  const store = await openEmbeddedStore(folder, {
    now: () => now,
    // The clock is the spans' own, and blocks leave when they are full.
    maxDelayMs: 60_000,
    maxIdleMs: 60_000,
  });
  const spans = new QuerySpans();
  const started = performance.now();
  const commits: Promise<void>[] = [];
  for (let n = 0; n < traces; n += TRACES_AN_APPEND) {
    now = startOf(n) + ARRIVAL_DELAY_NANOS;
    const outcome = store.writer.append((sink) => {
      for (let i = n; i < Math.min(n + TRACES_AN_APPEND, traces); i++) spans.write(i, sink);
    });
    if (outcome.kind === "overloaded") throw new Error("more waits for the disk than is taken");
    commits.push(outcome.committed);
    while (store.writer.status.pendingSpans > MAX_PENDING_SPANS) await sleep(1);
  }
  await store.writer.flush();
  await Promise.all(commits);
  const seconds = (performance.now() - started) / 1000;
  await store.close();
  return seconds;
}

/** When merges have calmed down. */
export async function partFigures(folder: string): Promise<PartFigures> {
  const engine = await openEmbeddedEngine(folder);
  try {
    return await calmParts(engine);
  } finally {
    await engine.close();
  }
}

/** As after ten quiet minutes, only that nobody waits for them. */
export async function mergeQuietParts(folder: string): Promise<PartFigures> {
  const engine = await openEmbeddedEngine(folder);
  try {
    const quietSeconds = async (seconds: number): Promise<void> =>
      engine.command(
        `alter table culprit.spans modify setting min_age_to_force_merge_seconds = ${seconds},
           min_age_to_force_merge_on_partition_only = 1`,
      );
    await quietSeconds(1);
    const figures = await calmParts(engine);
    await quietSeconds(600);
    return figures;
  } finally {
    await engine.close();
  }
}

async function calmParts(engine: Parameters<typeof selectRows>[0]): Promise<PartFigures> {
  let known = "";
  for (let calmSince = performance.now(); ; await sleep(250)) {
    const merges = await selectRows(engine, "select table from system.merges");
    const parts = await selectRows(
      engine,
      `select name, rows, bytes_on_disk as bytes from system.parts
       where database = 'culprit' and table = 'spans' and active order by name`,
    );
    const names = parts.map((part) => part["name"]).join();
    if (names !== known || merges.length > 0) {
      known = names;
      calmSince = performance.now();
    } else if (performance.now() - calmSince > CALM_MS) {
      const sum = (column: string): number =>
        parts.reduce((total, part) => total + Number(part[column]), 0);
      return { parts: parts.length, bytesPerSpan: sum("bytes") / sum("rows") };
    }
  }
}
