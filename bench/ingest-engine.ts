// "The engine alone": prepared Native blocks of 100,000 spans into the table of `reference.sql`, nothing else running.
//   node bench/ingest-engine.ts SECONDS   ->   one line of JSON

import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OtlpProtobufDecoder } from "@culprit/wire";
import { Session } from "chdb";
import { nativeBlock } from "../packages/store/src/native-column.ts";
import { SpanBlock } from "../packages/store/src/span-block.ts";
import { RequestTemplate, SPANS_PER_REQUEST } from "./ingest-spans.ts";

const BLOCK_SPANS = 100_000;
/** Distinct blocks, taken in turn: enough that a merge seldom meets a block twice, few enough to prepare. */
const BLOCKS = 24;

const seconds = Number(process.argv[2]);
const folder = await mkdtemp(join(tmpdir(), "culprit-bench-engine-"));
try {
  const names = await prepareBlocks();
  console.log(JSON.stringify(await run(names)));
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function prepareBlocks(): Promise<string> {
  const decoder = new OtlpProtobufDecoder();
  const block = new SpanBlock();
  const templates = Array.from({ length: 32 }, () => new RequestTemplate());
  let names = "";
  let generation = 0;
  for (let i = 0; i < BLOCKS; i++) {
    block.clear();
    block.received(BigInt(Date.now()) * 1_000_000n);
    while (block.rows < BLOCK_SPANS) {
      const template = templates[generation % templates.length] as RequestTemplate;
      template.renew(++generation, 50_000_000);
      decoder.decode(template.body, block);
    }
    const columns = block.columns();
    names = columns.map(({ name }) => name).join(", ");
    await writeFile(join(folder, `${i}.native`), nativeBlock(columns, block.rows));
  }
  return names;
}

async function run(names: string): Promise<object> {
  const session = new Session(join(folder, "engine"));
  session.query("create database reference");
  session.query(readFileSync(join(import.meta.dirname, "reference.sql"), "utf8"));
  const rowsABlock = Math.ceil(BLOCK_SPANS / SPANS_PER_REQUEST) * SPANS_PER_REQUEST;
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  let rows = 0;
  for (let i = 0; performance.now() - started < seconds * 1000; i++) {
    const file = join(folder, `${i % BLOCKS}.native`);
    await session.queryAsync(
      `insert into reference.spans (${names}) from infile '${file}' compression 'none' format Native`,
    );
    rows += rowsABlock;
  }
  const elapsed = (performance.now() - started) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const parts = Number(
    session.query(
      "select count() from system.parts where database = 'reference' and active",
      "TSV",
    ),
  );
  session.close();
  const cpuSeconds = (cpu.user + cpu.system) / 1e6;
  return {
    spansPerSecond: Math.round(rows / elapsed),
    spansPerCoreSecond: Math.round(rows / cpuSeconds),
    activeParts: parts,
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}
