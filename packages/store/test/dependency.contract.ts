// What every store must tell of who calls whom, whatever its engine.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assembleTrace, groupByTrace, type Span, SpanKind, StatusCode } from "@culprit/trace-model";
import fc from "fast-check";
import { spans as anySpans } from "../../trace-model/test/span-arbitrary.ts";
import type { Dependency, Store } from "../src/index.ts";
import { VerdictBlock } from "../src/index.ts";
import { plainSpan, resourceOf } from "./plain-span.ts";
import { type OpenStore, write } from "./store.contract.ts";
import { plainVerdict } from "./verdict.contract.ts";

const BASE = 1_795_000_000_000_000_000n;
const EVER = { startMinUnixNano: 0n, startMaxUnixNano: 2n ** 64n - 1n };

const id = (n: number, digits: number): string => n.toString(16).padStart(digits, "0");

interface SpanAt {
  readonly trace: number;
  readonly id: number;
  readonly parent?: number;
  readonly service: string;
  readonly startNanos?: number;
  readonly nanos?: number;
  readonly more?: Partial<Span>;
}

function spanAt({
  trace,
  parent,
  service,
  startNanos = 0,
  nanos = 1000,
  more,
  ...span
}: SpanAt): Span {
  const startUnixNano = BASE + BigInt(startNanos);
  return plainSpan({
    traceId: id(trace, 32),
    spanId: id(span.id, 16),
    parentSpanId: parent === undefined ? "" : id(parent, 16),
    resource: resourceOf(service),
    startUnixNano,
    endUnixNano: startUnixNano + BigInt(nanos),
    ...more,
  });
}

let judgements = 0n;

/** Stores the verdicts of all that is stored, as the continuous pass does. */
async function judge(
  store: Store,
  spans: readonly Span[],
  { knowsCalls = true, again = false } = {},
): Promise<void> {
  const block = new VerdictBlock();
  const last = (await store.ledger.quiet.arrivals())?.last ?? 0n;
  for (const [traceId, ofTrace] of groupByTrace(spans)) {
    const trace = assembleTrace(ofTrace);
    block.add(
      plainVerdict({
        traceId,
        startUnixNano: trace.originUnixNano,
        spanCount: ofTrace.length,
        receivedUnixNano: last,
      }),
      {
        judgedUnixNano: ++judgements,
        again,
        notJudged: "",
        ...(knowsCalls ? { trace } : undefined),
      },
    );
  }
  await store.ledger.keep([{ columns: block.columns(), rows: block.rows }]);
  await store.ledger.judged(last, 1);
}

const pairs = (dependencies: readonly Dependency[]): string[] =>
  dependencies.map(({ parent, child, callCount }) => `${parent} > ${child}: ${callCount}`);

export function dependencyContract(engine: string, open: OpenStore): void {
  const shop = [
    spanAt({ trace: 1, id: 1, service: "web", nanos: 9000 }),
    spanAt({ trace: 1, id: 2, parent: 1, service: "web", nanos: 8000 }),
    spanAt({ trace: 1, id: 3, parent: 2, service: "pay", nanos: 7000 }),
    spanAt({
      trace: 1,
      id: 4,
      parent: 2,
      service: "pay",
      nanos: 70,
      more: { statusCode: StatusCode.error },
    }),
    // Its parent is nowhere.
    spanAt({ trace: 1, id: 5, parent: 99, service: "mail" }),
    spanAt({ trace: 2, id: 1, service: "lone" }),
  ];
  const told: Dependency[] = [
    { parent: "web", child: "pay", callCount: 2, errorCount: 1, p95Nanos: 70 + 6930 * 0.95 },
    { parent: "web", child: "web", callCount: 1, errorCount: 0, p95Nanos: 8000 },
  ];

  const states = {
    "before it is judged": async () => undefined,
    "when it is judged": (store: Store) => judge(store, shop),
    "when it was judged twice": async (store: Store) => {
      await judge(store, shop.slice(0, 2));
      await judge(store, shop, { again: true });
    },
    "when a crash had it judged twice alike": async (store: Store) => {
      await judge(store, shop);
      await judge(store, shop);
    },
    "when it was judged by a version that kept no calls": (store: Store) =>
      judge(store, shop, { knowsCalls: false }),
  };
  for (const [when, reach] of Object.entries(states)) {
    test(`${engine}: every span with a parent is a call, ${when}`, async (t) => {
      const store = await open(t);
      await write(store, ...shop);
      await reach(store);
      const dependencies = await store.dependencies.dependencies(EVER);
      const rounded = dependencies.map((each, i) => {
        const p95Nanos = told[i]?.p95Nanos ?? 0;
        return Math.abs(each.p95Nanos - p95Nanos) <= 0.01 * p95Nanos ? { ...each, p95Nanos } : each;
      });
      assert.deepEqual(rounded, told);
    });
  }

  test(`${engine}: a copy counts once; of a shared id the client calls the server, which calls what is below`, async (t) => {
    const client = spanAt({ trace: 1, id: 1, service: "web", more: { kind: SpanKind.client } });
    const spans = [
      client,
      { ...client, kind: SpanKind.server, resource: resourceOf("bank") },
      spanAt({ trace: 1, id: 2, parent: 1, service: "ledger", startNanos: 5 }),
    ];
    const store = await open(t);
    await write(store, ...spans);
    await write(store, ...spans);
    const calls = ["bank > ledger: 1", "web > bank: 1"];
    assert.deepEqual(pairs(await store.dependencies.dependencies(EVER)), calls);
    await judge(store, [...spans, ...spans]);
    assert.deepEqual(pairs(await store.dependencies.dependencies(EVER)), calls);
  });

  test(`${engine}: a trace is in the window in which its root starts, both bounds inside`, async (t) => {
    const store = await open(t);
    const traces = [10, 11, 12, 13].map((startNanos, n) => [
      spanAt({ trace: n + 1, id: 1, service: "web", startNanos }),
      spanAt({
        trace: n + 1,
        id: 2,
        parent: 1,
        service: `s${startNanos}`,
        startNanos: startNanos + 2,
      }),
    ]);
    await write(store, ...traces.slice(0, 2).flat());
    await judge(store, traces.slice(0, 2).flat());
    await write(store, ...traces.slice(2).flat());
    const dependencies = await store.dependencies.dependencies({
      startMinUnixNano: BASE + 11n,
      startMaxUnixNano: BASE + 12n,
    });
    assert.deepEqual(pairs(dependencies), ["web > s11: 1", "web > s12: 1"]);
  });

  test(`${engine}: late spans of a judged trace count at once, with all of the trace`, async (t) => {
    const store = await open(t);
    await write(store, ...shop.slice(0, 2));
    await judge(store, shop.slice(0, 2));
    await write(store, ...shop.slice(2));
    const dependencies = await store.dependencies.dependencies(EVER);
    assert.deepEqual(pairs(dependencies), ["web > pay: 2", "web > web: 1"]);
  });

  test(`${engine}: a service narrows to what it calls and who calls it`, async (t) => {
    const store = await open(t);
    await write(store, ...shop);
    const of = async (service: string) =>
      pairs(await store.dependencies.dependencies({ ...EVER, service }));
    assert.deepEqual(await of("pay"), ["web > pay: 2"]);
    assert.deepEqual(await of("web"), ["web > pay: 2", "web > web: 1"]);
    assert.deepEqual(await of("nobody"), []);
  });

  test(`${engine}: a trace that could not be judged is left out`, async (t) => {
    const store = await open(t);
    await write(store, ...shop);
    const block = new VerdictBlock();
    const verdict = plainVerdict({ traceId: id(1, 32), startUnixNano: 0n });
    block.add(verdict, { judgedUnixNano: 1n, again: true, notJudged: "too large" });
    await store.ledger.keep([{ columns: block.columns(), rows: block.rows }]);
    assert.deepEqual(await store.dependencies.dependencies(EVER), []);
  });

  test(`${engine}: the 95th percentile of many calls is right to 2 %, judged and not`, async (t) => {
    const calls = Array.from({ length: 2000 }, (_, n) =>
      spanAt({
        trace: 7,
        id: n + 2,
        parent: 1,
        service: "pay",
        nanos: Math.round(1e5 * 1.004 ** ((n * 701) % 2000)),
      }),
    );
    const spans = [spanAt({ trace: 7, id: 1, service: "web" }), ...calls];
    const exact = 1e5 * 1.004 ** (0.95 * 1999);
    const store = await open(t);
    await write(store, ...spans);
    const check = async (): Promise<void> => {
      const [only] = await store.dependencies.dependencies(EVER);
      assert.equal(only?.callCount, 2000);
      assert.ok(Math.abs(only.p95Nanos / exact - 1) < 0.02, `${only.p95Nanos}, ${exact}`);
    };
    await check();
    await judge(store, spans);
    await check();
  });

  test(`${engine}: whatever was sent, the calls are the same before and after it is judged`, async (t) => {
    const store = await open(t);
    const all: Span[] = [];
    await fc.assert(
      fc.asyncProperty(anySpans, async (drawn) => {
        // Within the hour around its root.
        const spans = drawn.map((span, i) => {
          const startUnixNano = BASE + (span.startUnixNano % 60_000_000_000n) + BigInt(i);
          return { ...span, startUnixNano, endUnixNano: startUnixNano + 5n };
        });
        all.push(...spans);
        await write(store, ...spans);
        const before = await store.dependencies.dependencies(EVER);
        await judge(store, all, { again: true });
        assert.deepEqual(await store.dependencies.dependencies(EVER), before);
      }),
      { numRuns: 20 },
    );
  });

  test(`${engine}: an empty store knows of no calls`, async (t) => {
    const store = await open(t);
    assert.deepEqual(await store.dependencies.dependencies(EVER), []);
  });
}
