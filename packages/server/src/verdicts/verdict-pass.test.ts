import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { analyzeTrace } from "@culprit/analysis";
import { openEmbeddedStore, type Store, type StoredVerdict } from "@culprit/store";
import { assembleTrace, type Span, SpanReplay } from "@culprit/trace-model";
import { resourceOf, sampleSpan, spanIdOf, traceIdOf } from "../../test/sample-spans.ts";
import { type Judging, judgeInPlace, judgeInThread } from "./judging.ts";
import { VerdictPass, type VerdictPassOptions } from "./verdict-pass.ts";

const SECOND = 1_000_000_000n;
const DAY = 86_400n * SECOND;

/** A store whose clock stands where a test puts it, but for the moments that pass while it runs. */
class Desk {
  readonly startedUnixNano = 1_795_000_000n * SECOND;
  nowUnixNano = this.startedUnixNano;
  readonly errors: string[] = [];
  readonly #folder: string;
  store!: Store;

  static async open(t: TestContext): Promise<Desk> {
    const desk = new Desk(await mkdtemp(path.join(tmpdir(), "culprit-pass-")));
    await desk.reopen();
    t.after(async () => {
      await desk.store.close();
      await rm(desk.#folder, { recursive: true, force: true });
    });
    return desk;
  }

  constructor(folder: string) {
    this.#folder = folder;
  }

  async reopen(): Promise<void> {
    await this.store?.close();
    this.store = await openEmbeddedStore(this.#folder, { now: () => this.nowUnixNano });
  }

  async write(...spans: readonly Span[]): Promise<void> {
    const outcome = this.store.writer.append((sink) => {
      const replay = new SpanReplay(sink);
      for (const span of spans) replay.span(span);
    });
    assert.equal(outcome.kind, "accepted");
    await outcome.committed;
  }

  /** As a server does after a while: what has been quiet for 10 s. */
  async judge(
    startJudging: VerdictPassOptions["startJudging"] = judgeInPlace,
  ): Promise<VerdictPass> {
    const pass = this.running(startJudging);
    await pass.open();
    await pass.runUntil(this.nowUnixNano - 10n * SECOND);
    return pass;
  }

  /** To be opened and run. */
  running(startJudging: VerdictPassOptions["startJudging"] = judgeInPlace): VerdictPass {
    return new VerdictPass(this.store.ledger, {
      startJudging,
      onError: (message, error) => this.errors.push(`${message}: ${error}`),
    });
  }

  async verdicts(): Promise<StoredVerdict[]> {
    const all: StoredVerdict[] = [];
    const window = { fromUnixNano: 0n, toUnixNano: 2n ** 64n - 1n };
    for await (const page of this.store.verdicts.verdicts(window)) all.push(...page);
    return all;
  }

  pass(nanos: bigint): void {
    this.nowUnixNano += nanos;
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

function traceOf(n: number, count = 3): Span[] {
  return Array.from({ length: count }, (_, i) =>
    sampleSpan({
      traceId: traceIdOf(n),
      spanId: spanIdOf(n * 1000 + i),
      parentSpanId: i === 0 ? "" : spanIdOf(n * 1000),
      resource: resourceOf(i === 0 ? "shop" : "bank"),
      name: `step ${i}`,
    }),
  );
}

test("a trace is judged when it has been quiet, and says what its verdict says", async (t) => {
  const desk = await Desk.open(t);
  const spans = traceOf(1);
  await desk.write(...spans);
  await desk.judge();
  assert.deepEqual(await desk.verdicts(), []);
  desk.pass(60n * SECOND);
  const pass = await desk.judge();
  const [stored, ...others] = await desk.verdicts();
  const verdict = analyzeTrace(assembleTrace(spans));
  assert.deepEqual(others, []);
  assert.equal(stored?.traceId, traceIdOf(1));
  assert.equal(stored?.spanCount, 3);
  assert.equal(stored?.durationNanos, verdict.durationNanos);
  assert.equal(stored?.bottleneckService, verdict.bottleneck?.service);
  assert.equal(pass.status.judgedTraces, 1);
  assert.equal(pass.status.judgedSpans, 3);
  assert.deepEqual(desk.errors, []);
});

test("silence is no lag: what waits counts from its own arrival", async (t) => {
  const desk = await Desk.open(t);
  await desk.write(...traceOf(1));
  desk.pass(3600n * SECOND);
  await desk.judge();
  await desk.write(...traceOf(2));
  const pass = await desk.judge();
  assert.equal((await desk.verdicts()).length, 1);
  assert.equal(pass.status.lagNanos, 0);
  desk.pass(60n * SECOND);
  const { lagNanos } = pass.status;
  const leastNanos = Number(30n * SECOND) - desk.store.ledger.quietNanos;
  assert.ok(lagNanos > leastNanos && lagNanos < Number(60n * SECOND), `${lagNanos}`);
});

test("a trace whose spans come in pieces is judged once, whole, after the last", async (t) => {
  const desk = await Desk.open(t);
  const spans = traceOf(1, 4);
  for (const span of spans) {
    await desk.write(span);
    desk.pass(6n * SECOND);
  }
  // The first two spans are older than the quiet, the trace is not.
  await desk.judge();
  assert.deepEqual(await desk.verdicts(), []);
  desk.pass(60n * SECOND);
  const pass = await desk.judge();
  assert.deepEqual(
    (await desk.verdicts()).map(({ spanCount }) => spanCount),
    [4],
  );
  assert.equal(pass.status.judgedTraces, 1);
});

test("late spans make it judged again, with all of its spans, days later too", async (t) => {
  const desk = await Desk.open(t);
  const spans = traceOf(1, 4);
  const [root, ...children] = spans as [Span, ...Span[]];
  await desk.write(...children);
  desk.pass(60n * SECOND);
  await desk.judge();
  assert.deepEqual(
    (await desk.verdicts()).map(({ spanCount, findingKinds }) => [
      spanCount,
      findingKinds.includes("orphans"),
    ]),
    [[3, true]],
  );
  desk.pass(3n * DAY);
  await desk.write(root);
  desk.pass(60n * SECOND);
  await desk.judge();
  const [verdict, ...others] = await desk.verdicts();
  assert.deepEqual(others, []);
  assert.equal(verdict?.spanCount, 4);
  assert.equal(verdict?.findingKinds.includes("orphans"), false);
  const read = await desk.store.reader.trace(traceIdOf(1));
  assert.deepEqual([...(read?.lateSpanIds ?? [])], [root.spanId]);
});

test("a trace that goes on for hours without a pause is judged once, whole, when it ends", async (t) => {
  const desk = await Desk.open(t);
  const spans = traceOf(1, 40);
  let judged = 0;
  for (const [i, span] of spans.entries()) {
    await desk.write(span, ...traceOf(100 + i, 1));
    desk.pass(8n * SECOND);
    if (i % 10 === 9) judged += (await desk.judge()).status.judgedTraces;
  }
  desk.pass(60n * SECOND);
  judged += (await desk.judge()).status.judgedTraces;
  assert.equal(judged, 41);
  const verdicts = await desk.verdicts();
  assert.equal(verdicts.find(({ traceId }) => traceId === traceIdOf(1))?.spanCount, 40);
});

test("nothing is forgotten across restarts and gaps, and nothing is judged twice", async (t) => {
  const desk = await Desk.open(t);
  for (let n = 0; n < 6; n++) {
    await desk.write(...traceOf(n));
    desk.pass(n % 2 === 0 ? 2n * DAY : 3n * SECOND);
    await desk.reopen();
  }
  desk.pass(60n * SECOND);
  assert.equal((await desk.judge()).status.judgedTraces, 6);
  await desk.reopen();
  assert.equal((await desk.judge()).status.judgedTraces, 0);
  await desk.write(...traceOf(6));
  desk.pass(60n * SECOND);
  await desk.reopen();
  assert.equal((await desk.judge()).status.judgedTraces, 1);
  assert.equal((await desk.verdicts()).length, 7);
});

test("a clock that goes back hides no trace", async (t) => {
  const desk = await Desk.open(t);
  await desk.write(...traceOf(1));
  desk.pass(60n * SECOND);
  await desk.judge();
  desk.pass(-3600n * SECOND);
  await desk.reopen();
  await desk.write(...traceOf(2));
  await desk.reopen();
  await desk.write(...traceOf(3));
  desk.pass(3700n * SECOND);
  await desk.judge();
  assert.equal((await desk.verdicts()).length, 3);
});

test("more traces than a window and a piece hold are all judged, in a thread too", async (t) => {
  const desk = await Desk.open(t);
  const count = 3000;
  for (let n = 0; n < count; n += 500) {
    await desk.write(...Array.from({ length: 500 }, (_, i) => traceOf(n + i, 30)).flat());
  }
  desk.pass(60n * SECOND);
  const pass = await desk.judge(judgeInThread);
  assert.equal(pass.status.judgedTraces, count);
  assert.equal((await desk.verdicts()).length, count);
  assert.deepEqual(desk.errors, []);
});

test("when judging breaks, traces are taken one by one, and the one at fault is marked", async (t) => {
  const desk = await Desk.open(t);
  await desk.write(...[1, 2, 3].flatMap((n) => traceOf(n)));
  desk.pass(60n * SECOND);
  const poisonous: typeof judgeInPlace = (settings, known) => {
    const judging: Judging = judgeInPlace(settings, known);
    return {
      ...judging,
      async judge(task) {
        if (Buffer.from(task.answer).includes(Buffer.from(traceIdOf(2), "hex"))) {
          throw new Error("out of memory");
        }
        return judging.judge(task);
      },
    };
  };
  const pass = await desk.judge(poisonous);
  assert.deepEqual(
    (await desk.verdicts()).map(({ traceId }) => traceId),
    [traceIdOf(1), traceIdOf(3)],
  );
  assert.equal(pass.status.unjudgedTraces, 1);
  // It is not tried for ever.
  assert.equal((await desk.judge(poisonous)).status.unjudgedTraces, 0);
});

test("a thread that cannot start is the fault of no trace", async (t) => {
  const desk = await Desk.open(t);
  await desk.write(...traceOf(1));
  desk.pass(60n * SECOND);
  const nowhere = new URL("./no-such-thread.ts", import.meta.url);
  await assert.rejects(
    desk.judge((settings, known) => judgeInThread(settings, known, nowhere)),
    /no-such-thread/,
  );
  assert.equal((await desk.judge(judgeInThread)).status.judgedTraces, 1);
});

test("stopped while verdicts are on their way to the disk, it ends when they are there", async (t) => {
  const desk = await Desk.open(t);
  await desk.write(...traceOf(1));
  desk.pass(60n * SECOND);
  const { ledger } = desk.store;
  const keep = ledger.keep.bind(ledger);
  let isKept = false;
  t.mock.method(ledger, "keep", async (rows: Parameters<typeof keep>[0]) => {
    pass.stop();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await keep(rows);
    isKept = true;
  });
  const pass: VerdictPass = desk.running();
  await pass.open();
  await pass.run();
  assert.ok(isKept);
  await desk.judge();
  assert.equal((await desk.verdicts()).length, 1);
});

test("stopped within a window it keeps nothing of it, so that nothing is there twice", async (t) => {
  const desk = await Desk.open(t);
  await desk.write(...traceOf(1));
  desk.pass(60n * SECOND);
  const pass: VerdictPass = desk.running((settings, known) => {
    const judging = judgeInPlace(settings, known);
    return {
      ...judging,
      judge(task) {
        pass.stop();
        return judging.judge(task);
      },
    };
  });
  await pass.open();
  await pass.run();
  assert.equal((await desk.verdicts()).length, 0);
  await desk.judge();
  assert.equal((await desk.verdicts()).length, 1);
  assert.deepEqual(desk.errors, []);
});

test("what could not be kept is judged again with all that was judged after it", async (t) => {
  const desk = await Desk.open(t);
  const { attributes, ...others } = resourceOf("shop");
  for (const n of [1, 2, 3]) {
    const resource = {
      ...others,
      attributes: new Map([...attributes, ["service.instance.id", `pod ${n}`]]),
    };
    await desk.write(...traceOf(n).map((span) => ({ ...span, resource })));
    desk.pass(5n * SECOND);
  }
  desk.pass(60n * SECOND);
  const { ledger } = desk.store;
  const keep = ledger.keep.bind(ledger);
  let calls = 0;
  t.mock.method(ledger, "keep", async (rows: Parameters<typeof keep>[0]) => {
    if (calls++ === 0) throw new Error("the disk is full");
    await keep(rows);
  });
  const pass = desk.running();
  await pass.open();
  const running = pass.run();
  await until(() => pass.status.judgedTraces === 3);
  pass.stop();
  await running;
  assert.equal(pass.status.failedTurns, 1);
  assert.equal((await ledger.topology()).instances.length, 3);
  assert.deepEqual(desk.errors, [
    "storing verdicts failed and is tried again: Error: the disk is full",
  ]);
  assert.equal((await desk.verdicts()).length, 3);
});

test("until something is quiet the thread practises at what came, and nothing of it counts", async (t) => {
  const desk = await Desk.open(t);
  let practised = 0;
  const pass = new VerdictPass(desk.store.ledger, {
    startJudging: async (settings, known) => {
      const judging = await judgeInThread(settings, known);
      return {
        ...judging,
        async practise(task) {
          await judging.practise(task);
          practised++;
        },
      };
    },
    onError: (message, error) => desk.errors.push(`${message}: ${error}`),
  });
  await desk.write(...traceOf(1), ...traceOf(2));
  desk.pass(SECOND);
  await pass.open();
  const running = pass.run();
  await until(() => practised > 0);
  assert.equal(pass.status.judgedTraces, 0);
  assert.deepEqual(await desk.verdicts(), []);
  desk.pass(20n * SECOND);
  await until(() => pass.status.judgedTraces > 0);
  pass.stop();
  await running;
  assert.equal(pass.status.judgedTraces, 2);
  assert.equal((await desk.verdicts()).length, 2);
  assert.deepEqual(desk.errors, []);
});

function saidOfMerges(t: TestContext, { merges }: Store["ledger"]): string[] {
  const said: string[] = [];
  for (const what of ["hold", "release"] as const) {
    const does = merges[what].bind(merges);
    t.mock.method(merges, what, () => {
      said.push(what);
      return does();
    });
  }
  return said;
}

test("traces that come seldom are no reason for merges to wait", async (t) => {
  const desk = await Desk.open(t);
  const said = saidOfMerges(t, desk.store.ledger);
  const pass = desk.running();
  await pass.open();
  const running = pass.run();
  for (const n of [1, 2, 3]) {
    // Between them lies more than a window, of which there is nothing to judge.
    await desk.write(...traceOf(n));
    desk.pass(11n * SECOND);
    await until(() => pass.status.judgedTraces === n);
  }
  pass.stop();
  await running;
  assert.deepEqual(said, ["release"]);
  assert.deepEqual(desk.errors, []);
});

test("while it is behind, merges wait", async (t) => {
  const desk = await Desk.open(t);
  const said = saidOfMerges(t, desk.store.ledger);
  // Windows are of four seconds at most, so that there are several.
  for (const n of [1, 2, 3]) {
    await desk.write(...traceOf(n));
    desk.pass(5n * SECOND);
  }
  desk.pass(60n * SECOND);
  const pass = desk.running();
  await pass.open();
  const running = pass.run();
  await until(() => pass.status.judgedTraces === 3);
  pass.stop();
  await running;
  assert.ok(said.includes("hold"));
  assert.equal(said.at(-1), "release");
  assert.deepEqual(desk.errors, []);
});

test("traces that went on are whole, however far back they began, and only those are read by their ids", async (t) => {
  const desk = await Desk.open(t);
  const read: string[] = [];
  const { quiet } = desk.store.ledger;
  const wholeTraces = quiet.wholeTraces.bind(quiet);
  t.mock.method(quiet, "wholeTraces", (ids: readonly string[], maxSpans: number) => {
    read.push(...ids);
    return wholeTraces(ids, maxSpans);
  });
  // By second: a short one each, so that there are windows all along, and some that go on.
  const spansAt = new Map<number, readonly Span[]>();
  const put = (n: number, seconds: readonly number[]) => {
    const spans = traceOf(n, seconds.length);
    seconds.forEach((second, i) => {
      spansAt.set(second, [...(spansAt.get(second) ?? []), spans[i] as Span]);
    });
  };
  put(1, [2, 11]);
  put(2, [30, 33]);
  put(3, [40, 49, 58]);
  put(4, [44, 46]);
  for (let second = 0; second < 60; second++) {
    await desk.write(...traceOf(100 + second), ...(spansAt.get(second) ?? []));
    desk.pass(SECOND);
  }
  desk.pass(20n * SECOND);
  const pass = await desk.judge();
  assert.equal(pass.status.judgedTraces, 64);
  assert.deepEqual(desk.errors, []);
  const counts = new Map((await desk.verdicts()).map((each) => [each.traceId, each.spanCount]));
  assert.equal(counts.size, 64);
  assert.deepEqual(
    [1, 2, 3, 4].map((n) => counts.get(traceIdOf(n))),
    [2, 2, 3, 2],
  );
  assert.ok(read.includes(traceIdOf(3)));
  assert.deepEqual(
    read.filter((id) => id === traceIdOf(2) || id === traceIdOf(4)),
    [],
  );
});

test("traces that are read again one by one make no others judged again", async (t) => {
  const desk = await Desk.open(t);
  await desk.write(...traceOf(1), ...traceOf(5));
  desk.pass(60n * SECOND);
  await desk.judge();
  await desk.write(...traceOf(1, 4).slice(3), ...traceOf(5, 4).slice(3));
  await desk.write(...traceOf(2), ...traceOf(3), ...traceOf(4));
  desk.pass(60n * SECOND);
  let cuts = 0;
  const pass = await desk.judge((settings, known): Judging => {
    const judging = judgeInPlace(settings, known);
    return {
      ...judging,
      judge: async (task) =>
        task.wholeAfter === undefined && cuts++ === 0 ? { kind: "cut" } : judging.judge(task),
    };
  });
  assert.ok(cuts > 1, "the late traces were read together, then each on its own");
  assert.equal(pass.status.judgedTraces, 5);
  assert.deepEqual(
    (await desk.verdicts()).map(({ spanCount }) => spanCount).sort(),
    [3, 3, 3, 4, 4],
  );
});

test("stopped while traces that are read again are taken one by one, it leaves out none of them", async (t) => {
  const desk = await Desk.open(t);
  await desk.write(...traceOf(1), ...traceOf(5));
  desk.pass(60n * SECOND);
  await desk.judge();
  await desk.write(...traceOf(1, 4).slice(3), ...traceOf(5, 4).slice(3));
  desk.pass(60n * SECOND);
  let readAgain = 0;
  const pass: VerdictPass = desk.running((settings, known): Judging => {
    const judging = judgeInPlace(settings, known);
    return {
      ...judging,
      async judge(task) {
        if (task.wholeAfter === undefined && readAgain++ === 0) throw new Error("no memory left");
        if (readAgain > 0) pass.stop();
        return judging.judge(task);
      },
    };
  });
  await pass.open();
  await pass.run();
  assert.equal(readAgain, 2, "together, then the first on its own");
  await desk.judge();
  assert.deepEqual(
    (await desk.verdicts()).map(({ spanCount }) => spanCount),
    [4, 4],
  );
});

/** How often it judges within 0.7 s, where with each window so much time passes and the next trace is quiet after it. */
async function judgementsWithoutPause(t: TestContext, nanosEach: bigint): Promise<number> {
  const desk = await Desk.open(t);
  for (let n = 1; n <= 12; n++) {
    await desk.write(...traceOf(n));
    desk.pass(nanosEach);
  }
  desk.nowUnixNano = desk.startedUnixNano + 10n * SECOND + nanosEach / 2n;
  let judgements = 0;
  const pass = new VerdictPass(desk.store.ledger, {
    startJudging: (settings, known): Judging => {
      const judging = judgeInPlace(settings, known);
      return {
        ...judging,
        judge(task) {
          judgements++;
          desk.pass(nanosEach);
          return judging.judge(task);
        },
      };
    },
    onError: (message, error) => desk.errors.push(`${message}: ${error}`),
  });
  await pass.open();
  const running = pass.run();
  await new Promise((resolve) => setTimeout(resolve, 700));
  const first = judgements;
  pass.stop();
  await running;
  assert.deepEqual(desk.errors, []);
  return first;
}

test("what comes late of a trace that could not be judged is not judged as if it were all", async (t) => {
  const desk = await Desk.open(t);
  let cuts = 0;
  const pass = desk.running((settings, known): Judging => {
    const judging = judgeInPlace(settings, known);
    // It is all of its piece.
    return {
      ...judging,
      judge: async (task) => (cuts++ === 0 ? { kind: "cut" } : judging.judge(task)),
    };
  });
  await pass.open();
  const running = pass.run();
  await desk.write(...traceOf(1, 4).slice(0, 3));
  desk.pass(11n * SECOND);
  await until(() => pass.status.unjudgedTraces === 1);
  desk.pass(60n * SECOND);
  await desk.write(...traceOf(1, 4).slice(3));
  desk.pass(11n * SECOND);
  await until(() => pass.status.judgedTraces === 1);
  pass.stop();
  await running;
  assert.deepEqual(
    (await desk.verdicts()).map(({ spanCount }) => spanCount),
    [4],
  );
});

test("what arrives in moments while a window is judged waits for the next second", async (t) => {
  assert.equal(await judgementsWithoutPause(t, SECOND / 2n), 1);
});

test("where seconds of arrivals wait there is no pause", async (t) => {
  const judgements = await judgementsWithoutPause(t, (SECOND * 3n) / 2n);
  assert.ok(judgements > 1, `${judgements} windows`);
});
