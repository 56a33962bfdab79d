import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { cohortContract } from "../test/cohort.contract.ts";
import { dependencyContract } from "../test/dependency.contract.ts";
import { metricsContract } from "../test/metrics.contract.ts";
import { plainSpan } from "../test/plain-span.ts";
import { searchContract } from "../test/search.contract.ts";
import { type OpenStore, storeContract, write } from "../test/store.contract.ts";
import { temporaryFolder } from "../test/temporary-folder.ts";
import { keep, plainVerdict, verdictContract } from "../test/verdict.contract.ts";
import { openEmbeddedEngine } from "./embedded-engine.ts";
import { openEmbeddedStore, StoreOpenError, StoreUnavailable } from "./index.ts";
import { selectRows } from "./native-rows.ts";
import { dropExpired } from "./retention.ts";
import { migrate, SCHEMA_STEPS } from "./schema.ts";

const openOne: OpenStore = async (t, options) => {
  const store = await openEmbeddedStore(await temporaryFolder(), options);
  t.after(() => store.close());
  return store;
};
storeContract("embedded", openOne);
searchContract("embedded", openOne);
verdictContract("embedded", openOne);
cohortContract("embedded", openOne);
dependencyContract("embedded", openOne);
metricsContract("embedded", openOne);

test("what was committed is there after the folder is opened again", async (t) => {
  const folder = await temporaryFolder();
  const first = await openEmbeddedStore(folder);
  const span = plainSpan();
  await write(first, span);
  await first.close();
  // A block that a crash left behind is no data and goes.
  await mkdir(join(folder, "inbox"), { recursive: true });
  await writeFile(join(folder, "inbox", "7.native"), "half a block");
  await writeFile(join(folder, "inbox", "letter.txt"), "somebody else's");
  const second = await openEmbeddedStore(folder);
  t.after(() => second.close());
  assert.equal((await second.reader.trace(span.traceId))?.spans.length, 1);
  assert.deepEqual(await second.reader.services(), ["shop"]);
  assert.deepEqual(await readdir(join(folder, "inbox")), ["letter.txt"]);
});

test("closing commits what is still open", async (t) => {
  const folder = await temporaryFolder();
  const first = await openEmbeddedStore(folder, { maxDelayMs: 60_000, maxIdleMs: 60_000 });
  const written = write(first, plainSpan({ name: "last" }));
  await first.close();
  await written;
  const second = await openEmbeddedStore(folder);
  t.after(() => second.close());
  assert.equal((await second.reader.findTraces({ operation: "last", limit: 5 })).length, 1);
});

test("a database of an older version takes the steps it lacks, in order, once", async (t) => {
  const engine = await openEmbeddedEngine(await temporaryFolder());
  t.after(() => engine.close());
  await migrate(engine);
  const version = SCHEMA_STEPS.at(-1)?.version ?? 0;
  const newer = [
    ...SCHEMA_STEPS,
    {
      version: version + 1,
      statements: ["create table culprit.marks (n Int32) engine = MergeTree order by n"],
    },
    { version: version + 2, statements: ["insert into culprit.marks values (1)"] },
  ];
  await migrate(engine, newer);
  await migrate(engine, newer);
  assert.deepEqual(await selectRows(engine, "select n from culprit.marks"), [{ n: 1 }]);
});

test("spans of a version-1 database are there after it took the later steps, to be judged", async (t) => {
  const folder = await temporaryFolder();
  const older = await openEmbeddedEngine(folder);
  await migrate(older, SCHEMA_STEPS.slice(0, 1));
  await older.command(
    `insert into culprit.spans (trace_id, span_id, start_unix_nano, received_unix_nano, service, name, resource, scope)
     values (unhex('${"ab".repeat(16)}'), unhex('${"cd".repeat(8)}'), 5, 7, 'shop', 'work', '["",0,[]]', '["","","",0,[]]')`,
  );
  await older.close();
  const store = await openEmbeddedStore(folder);
  t.after(() => store.close());
  const traceId = "ab".repeat(16);
  assert.equal((await store.reader.trace(traceId))?.spans.length, 1);
  assert.deepEqual(await store.ledger.quiet.arrivals(), { first: 7n, last: 7n });
  assert.equal((await store.ledger.progress()).judgedUntil, 0n);
  await keep(store, [plainVerdict({ traceId, bottleneckService: "shop" })]);
  const found = await store.reader.findTraces({ verdict: { bottleneckService: "shop" }, limit: 5 });
  assert.equal(found.length, 1);
});

test("verdicts of a version-2 database know no calls: those are read from the spans", async (t) => {
  const folder = await temporaryFolder();
  const older = await openEmbeddedEngine(folder);
  await migrate(
    older,
    SCHEMA_STEPS.filter(({ version }) => version <= 2),
  );
  const traceId = `unhex('${"ab".repeat(16)}')`;
  const span = (id: string, parent: string, service: string) =>
    `(${traceId}, unhex('${id.repeat(8)}'), unhex('${parent.repeat(8)}'), 5, 100, 7, '${service}', 'work', '["",0,[]]', '["","","",0,[]]')`;
  await older.command(
    `insert into culprit.spans (trace_id, span_id, parent_span_id, start_unix_nano, duration_nano, received_unix_nano, service, name, resource, scope)
     values ${span("01", "00", "web")}, ${span("02", "01", "pay")}`,
  );
  await older.command(
    `insert into culprit.verdicts (trace_id, start_unix_nano, received_unix_nano, span_count) values (${traceId}, 5, 7, 2)`,
  );
  await older.command("insert into culprit.verdict_progress values ('', 1, 7)");
  await older.close();
  const store = await openEmbeddedStore(folder);
  t.after(() => store.close());
  const window = { startMinUnixNano: 0n, startMaxUnixNano: 10n };
  assert.deepEqual(await store.dependencies.dependencies(window), [
    { parent: "web", child: "pay", callCount: 1, errorCount: 0, p95Nanos: 100 },
  ]);
});

test("a step that was interrupted anywhere is taken again, and every span is there once", async () => {
  const step = SCHEMA_STEPS.find(({ version }) => version === 3);
  const statements = step?.statements ?? [];
  assert.ok(statements.length > 0);
  for (let taken = 0; taken <= statements.length; taken++) {
    const engine = await openEmbeddedEngine(await temporaryFolder());
    await migrate(engine, SCHEMA_STEPS.slice(0, 2));
    for (const day of [0, 1, 2]) {
      await engine.command(
        `insert into culprit.spans (trace_id, span_id, received_unix_nano) values (unhex('0${day}'), 'a', ${day}e14)`,
      );
    }
    for (const statement of statements.slice(0, taken)) await engine.command(statement);
    await migrate(engine);
    const spans = "select count() as spans, uniqExact(trace_id) as traces from culprit.spans";
    assert.deepEqual(await selectRows(engine, spans), [{ spans: 3n, traces: 3n }], `${taken}`);
    const tables =
      "select name from system.tables where database = 'culprit' and name like 'spans%'";
    assert.deepEqual(await selectRows(engine, tables), [{ name: "spans" }], `${taken}`);
    await engine.close();
  }
});

test("retention deletes verdicts by the arrival of what they judged", async (t) => {
  const folder = await temporaryFolder();
  const hour = 3_600_000;
  const store = await openEmbeddedStore(folder);
  const arrivals = [-50 * hour, -3 * hour, -hour].map((ms) => BigInt(Date.now() + ms) * 1_000_000n);
  await keep(
    store,
    arrivals.map((receivedUnixNano, n) =>
      plainVerdict({ traceId: `${n}`.repeat(32), receivedUnixNano }),
    ),
  );
  await store.close();
  const engine = await openEmbeddedEngine(folder);
  t.after(() => engine.close());
  await dropExpired(engine, 2 * hour);
  const left = async () => selectRows(engine, "select trace_id from culprit.verdicts");
  for (let i = 0; i < 200 && (await left()).length > 1; i++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.deepEqual(await left(), [{ trace_id: "2".repeat(32) }]);
});

test("a database of a newer version is refused with what to do", async (t) => {
  const engine = await openEmbeddedEngine(await temporaryFolder());
  t.after(() => engine.close());
  await migrate(engine, [...SCHEMA_STEPS, { version: 9999, statements: [] }]);
  await assert.rejects(migrate(engine), (error) => {
    assert.ok(error instanceof StoreOpenError);
    assert.match(error.message, /newer culprit \(schema 9999; .*\)\. Use that version/);
    return true;
  });
});

test("a folder that cannot be made is refused with its name", async () => {
  const file = join(await temporaryFolder(), "file");
  await writeFile(file, "");
  await assert.rejects(openEmbeddedStore(file), StoreOpenError);
  await assert.rejects(openEmbeddedStore("/proc/nowhere/data"), StoreOpenError);
});

test("a block that the disk refuses rejects its appends as unavailable, and the next one is taken", async (t) => {
  const folder = await temporaryFolder();
  const store = await openEmbeddedStore(folder);
  t.after(() => store.close());
  const inbox = join(folder, "inbox");
  await rm(inbox, { recursive: true });
  await assert.rejects(write(store, plainSpan()), StoreUnavailable);
  await mkdir(inbox);
  const span = plainSpan();
  await write(store, span);
  assert.equal((await store.reader.findTraces({ limit: 10 })).length, 1);
});

test("retention counts from arrival, to the span", async (t) => {
  const folder = await temporaryFolder();
  const hour = 3_600_000;
  const arrivals = [-50 * hour, -3 * hour, -hour].map((ms) => BigInt(Date.now() + ms) * 1_000_000n);
  for (const [i, arrival] of arrivals.entries()) {
    const store = await openEmbeddedStore(folder, { now: () => arrival });
    await write(store, plainSpan({ name: `arrival ${i}` }));
    await store.close();
  }
  const engine = await openEmbeddedEngine(folder);
  t.after(() => engine.close());
  await dropExpired(engine, 2 * hour);
  const left = async () =>
    (await selectRows(engine, "select name from culprit.spans order by name")).map(
      (row) => row["name"],
    );
  for (let i = 0; i < 200 && (await left()).length > 1; i++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.deepEqual(await left(), ["arrival 2"]);
});

test("an archived trace survives retention, all of it, and is found by its id alone", async (t) => {
  const folder = await temporaryFolder();
  const hour = 3_600_000;
  const arriving = async (agoMs: number, ...spans: Parameters<typeof plainSpan>[0][]) => {
    const arrival = BigInt(Date.now() - agoMs) * 1_000_000n;
    const store = await openEmbeddedStore(folder, { now: () => arrival });
    await write(store, ...spans.map(plainSpan));
    return store;
  };
  const traceId = "ab".repeat(16);
  await (await arriving(3 * hour, { traceId, name: "first" }, { name: "other" })).close();
  const archiving = await arriving(hour / 2, { traceId, name: "second" });
  assert.equal(await archiving.archive.archive(traceId), true);
  await archiving.close();

  const store = await openEmbeddedStore(folder, { retentionMs: hour });
  t.after(() => store.close());
  const left = async () => {
    const found = await store.reader.findTraces({ limit: 9 });
    const ids = found.map((place) => place.traceId);
    return ((await store.reader.traces(ids, 99)) ?? []).map(({ spans }) => spans);
  };
  for (let i = 0; i < 200 && (await left()).flat().length > 1; i++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.deepEqual(
    (await left()).map((spans) => spans.map(({ name }) => name)),
    [["second"]],
  );
  const names = (await store.reader.trace(traceId))?.spans.map(({ name }) => name);
  assert.deepEqual(names?.sort(), ["first", "second"]);
  // What has expired whole can still be archived: it is.
  assert.equal(await store.archive.archive(traceId), true);
});

test("a folder that another process holds is refused with what to do", async (t) => {
  const folder = await temporaryFolder();
  const store = await openEmbeddedStore(folder);
  t.after(() => store.close());
  const script = `
    import { openEmbeddedStore } from ${JSON.stringify(import.meta.resolve("./index.ts"))};
    await openEmbeddedStore(${JSON.stringify(folder)}).then(
      () => console.log("opened"),
      (error) => console.log(error.name + ": " + error.message),
    );`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--input-type=module",
    "-e",
    script,
  ]);
  assert.match(stdout, /StoreOpenError: .*another process holds it.*--data/);
  await write(store, plainSpan());
});

test("partitions are days of UTC wherever the process runs", async (t) => {
  const folder = await temporaryFolder();
  const script = `
    import { openEmbeddedStore } from ${JSON.stringify(import.meta.resolve("./index.ts"))};
    import { SpanReplay } from "@culprit/trace-model";
    import { cohortContract } from "../test/cohort.contract.ts";
import { plainSpan } from ${JSON.stringify(import.meta.resolve("../test/plain-span.ts"))};
    const now = () => BigInt(Date.parse("2026-11-23T01:00:00Z")) * 1_000_000n;
    const store = await openEmbeddedStore(${JSON.stringify(folder)}, { now });
    await store.writer.append((sink) => new SpanReplay(sink).span(plainSpan())).committed;
    await store.close();`;
  await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
    env: { ...process.env, TZ: "America/Los_Angeles" },
    cwd: import.meta.dirname,
  });
  const engine = await openEmbeddedEngine(folder);
  t.after(() => engine.close());
  assert.deepEqual(
    await selectRows(
      engine,
      "select distinct partition from system.parts where table = 'spans' and active",
    ),
    [{ partition: "2026-11-23" }],
  );
});
