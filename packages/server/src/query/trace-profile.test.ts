import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import {
  ANALYSIS_VERSION,
  EMPTY_TOPOLOGY,
  judgeTrace,
  renderFoldedStacks,
} from "@culprit/analysis";
import type { Profile } from "@culprit/api";
import { openEmbeddedStore, type Store, VerdictBlock } from "@culprit/store";
import { assembleTrace, type Span, SpanReplay } from "@culprit/trace-model";
import { profileBands } from "../../../analysis/src/profile/profile-sums.ts";
import { resourceOf, sampleSpan, spanIdOf, traceIdOf } from "../../test/sample-spans.ts";
import { parseProfileRequest } from "./profile-request.ts";
import { foldedProfile, traceProfile } from "./trace-profile.ts";

const FROM = "2026-11-22T10:00:00Z";
const TO = "2026-11-22T11:00:00Z";
const START = BigInt(Date.parse(FROM)) * 1_000_000n;
const SECOND = 1_000_000_000n;
const MS = 1_000_000n;

/** Spans that do not follow from one another: the database part of every third trace is a retry under another caller. */
function orderTrace(n: number): Span[] {
  const start = START + BigInt(n) * SECOND;
  const totalMs = 20n + BigInt((n * 37) % 90);
  const at = (fields: Partial<Span>, fromMs: bigint, toMs: bigint): Span =>
    sampleSpan({
      traceId: traceIdOf(n),
      startUnixNano: start + fromMs * MS,
      endUnixNano: start + toMs * MS,
      ...fields,
    });
  const parent = spanIdOf(n % 3 === 0 ? 2 : 1);
  const root = { spanId: spanIdOf(1), resource: resourceOf("shop"), name: "POST /orders" };
  const pay = { spanId: spanIdOf(2), parentSpanId: spanIdOf(1), resource: resourceOf("pay") };
  const query = { spanId: spanIdOf(3), parentSpanId: parent, resource: resourceOf("db") };
  return [
    at(root, 0n, totalMs),
    at({ ...pay, name: "pay" }, 2n, totalMs - 5n),
    at({ ...query, name: "SELECT 1" }, 4n, totalMs - 5n),
  ];
}

async function write(store: Store, spans: readonly Span[]): Promise<void> {
  const outcome = store.writer.append((sink) => {
    const replay = new SpanReplay(sink);
    for (const span of spans) replay.span(span);
  });
  assert.equal(outcome.kind, "accepted");
  await outcome.committed;
}

/** What the judge does when the traces are quiet. */
async function judge(store: Store, traces: readonly (readonly Span[])[]): Promise<void> {
  const block = new VerdictBlock();
  for (const spans of traces) {
    const judgement = judgeTrace(assembleTrace(spans));
    block.add(
      { ...judgement, receivedUnixNano: store.ledger.now(), analysisVersion: ANALYSIS_VERSION },
      { judgedUnixNano: store.ledger.now(), again: false, notJudged: "" },
    );
  }
  await store.ledger.keep([{ columns: block.columns(), rows: block.rows }]);
}

function expectedBands(traces: readonly (readonly Span[])[]): Profile["bands"] {
  return profileBands(traces.map((spans) => judgeTrace(assembleTrace(spans))));
}

describe("a profile", () => {
  let folder = "";
  let store: Store;
  const inWindow = Array.from({ length: 300 }, (_, n) => orderTrace(n));
  // The root of the last one starts when the window ends.
  const outside = orderTrace(3600);
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "culprit-profile-"));
    store = await openEmbeddedStore(folder);
    await write(store, [...inWindow.flat(), ...outside]);
  });
  after(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = (more = "", from = FROM, to = TO): Promise<Profile> =>
    traceProfile(
      store.profiles,
      EMPTY_TOPOLOGY,
      parseProfileRequest(new URLSearchParams(`from=${from}&to=${to}&${more}`), 0),
    );
  const folded = (band?: number): Promise<string> =>
    foldedProfile(
      store.profiles,
      EMPTY_TOPOLOGY,
      parseProfileRequest(new URLSearchParams({ from: FROM, to: TO }), 0),
      band,
    );
  const heldByPay = (traces: readonly (readonly Span[])[]): (readonly Span[])[] =>
    traces.filter((spans) => judgeTrace(assembleTrace(spans)).bottleneckService === "pay");

  async function assertWhole(): Promise<void> {
    const whole = await ask();
    assert.deepEqual(whole, {
      window: { from: FROM, to: TO },
      traceCount: 300,
      warnings: [],
      bands: expectedBands(inWindow),
    });
    const paths = inWindow.map((spans) => judgeTrace(assembleTrace(spans)).path);
    assert.equal(await folded(), renderFoldedStacks(paths));
    const counts = await Promise.all([0, 1, 2, 3].map(async (band) => lineSum(await folded(band))));
    assert.deepEqual(
      counts,
      whole.bands.map(({ operations }) =>
        operations.reduce((sum, { criticalPathNanos }) => sum + criticalPathNanos, 0),
      ),
    );
    assert.deepEqual(
      (await ask("bottleneck=pay&tag=http.route:/")).bands,
      expectedBands(heldByPay(inWindow)),
    );
    assert.equal((await ask("service=nobody")).traceCount, 0);
    const longPay = inWindow.filter(([, pay]) => nanosOf(pay) >= 100n * MS);
    assert.ok(longPay.length > 0);
    assert.deepEqual(
      (await ask("operation=pay&minDuration=100ms&limit=1")).bands,
      expectedBands(longPay),
    );
    assert.equal((await ask("", "2026-11-22T10:00:01Z", "2026-11-22T10:00:03Z")).traceCount, 2);
  }

  test("is exact before any trace has its verdict", assertWhole);

  test("is the same when a part of the traces has its verdict", async () => {
    // Kept, but the judge has not said yet that it is done with all that arrived before.
    await judge(store, inWindow.slice(0, 100));
    await assertWhole();
  });

  test("is the same when all have their verdict, and when a crash left some verdicts twice", async () => {
    await judge(store, [...inWindow.slice(100), outside]);
    await store.ledger.judged(store.ledger.now(), store.ledger.quietNanos);
    await assertWhole();
    await judge(store, inWindow.slice(50, 60));
    await assertWhole();
  });

  test("counts a trace with late spans as it is now", async () => {
    const [root] = inWindow[0] ?? [];
    assert.ok(root !== undefined);
    const late = sampleSpan({
      ...root,
      spanId: spanIdOf(9),
      parentSpanId: root.spanId,
      name: "late",
      resource: resourceOf("late"),
    });
    await write(store, [late]);
    const traces = [[...(inWindow[0] ?? []), late], ...inWindow.slice(1)];
    const whole = await ask();
    assert.deepEqual(whole.bands, expectedBands(traces));
    assert.equal(whole.traceCount, 300);
  });

  test("of a window without traces has empty bands", async () => {
    const empty = await ask("", "2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z");
    assert.equal(empty.traceCount, 0);
    assert.equal(empty.bands.length, 4);
  });
});

test("a profile of traces with late spans counts one that is not judged yet", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "culprit-profile-"));
  let nowUnixNano = 1_795_000_000_000_000_000n;
  const store = await openEmbeddedStore(folder, { now: () => nowUnixNano });
  t.after(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  const [root, ...below] = orderTrace(0);
  assert.ok(root !== undefined);
  await write(store, [root, ...orderTrace(1)]);
  nowUnixNano += 60_000_000_000n;
  await write(store, below);
  const parameters = new URLSearchParams({ from: FROM, to: TO, finding: "late-spans" });
  const asked = parseProfileRequest(parameters, 0);
  const { traceCount } = await traceProfile(store.profiles, EMPTY_TOPOLOGY, asked);
  assert.equal(traceCount, 1);
});

function nanosOf(span: Span | undefined): bigint {
  return span === undefined ? 0n : span.endUnixNano - span.startUnixNano;
}

function lineSum(text: string): number {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}
