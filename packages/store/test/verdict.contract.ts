// What every store must do with verdicts, whatever its engine.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Store,
  type StoredVerdict,
  type TraceQuery,
  VerdictBlock,
  type VerdictQuery,
} from "../src/index.ts";
import { plainSpan } from "./plain-span.ts";
import { type OpenStore, write } from "./store.contract.ts";

const SECOND = 1_000_000_000n;

export function plainVerdict(fields: Partial<StoredVerdict> = {}): StoredVerdict {
  return {
    traceId: "a".repeat(32),
    startUnixNano: 1_795_000_000n * SECOND,
    durationNanos: 1_000_000,
    rootService: "shop",
    rootOperation: "work",
    spanCount: 1,
    errorSpanCount: 0,
    bottleneckService: "",
    bottleneckOperation: "",
    findingKinds: [],
    errorOrigins: [],
    path: [{ service: "shop", operation: "work", parent: -1, nanos: 1_000_000 }],
    receivedUnixNano: 1_795_000_001n * SECOND,
    analysisVersion: 1,
    ...fields,
  };
}

let judgements = 0n;

export async function keep(
  store: Store,
  verdicts: readonly StoredVerdict[],
  { again = false, notJudged = "" }: { again?: boolean; notJudged?: string } = {},
): Promise<void> {
  const block = new VerdictBlock();
  for (const verdict of verdicts) {
    block.add(verdict, { judgedUnixNano: ++judgements, again, notJudged });
  }
  await store.ledger.keep([{ columns: block.columns(), rows: block.rows }]);
}

async function read(store: Store, query: Partial<VerdictQuery> = {}): Promise<StoredVerdict[]> {
  const all: StoredVerdict[] = [];
  const window = { fromUnixNano: 0n, toUnixNano: 2n ** 64n - 1n };
  for await (const page of store.verdicts.verdicts({ ...window, ...query })) all.push(...page);
  return all;
}

async function found(store: Store, query: Partial<TraceQuery>): Promise<string[]> {
  const traces = await store.reader.findTraces({ limit: 100, ...query });
  return traces.map(({ traceId }) => traceId);
}

export function verdictContract(engine: string, open: OpenStore): void {
  test(`${engine}: a verdict comes back as it went in`, async (t) => {
    const store = await open(t);
    const rich = plainVerdict({
      traceId: "b".repeat(32),
      startUnixNano: 2n ** 64n - 2n,
      durationNanos: Number.MAX_SAFE_INTEGER,
      bottleneckService: "pay",
      bottleneckOperation: "POST /pay 'ö'",
      findingKinds: ["bottleneck", "timeout"],
      errorOrigins: ["bank", "pay"],
      path: [
        { service: "shop", operation: "", parent: -1, nanos: 3 },
        { service: "pay", operation: "POST /pay", parent: 0, nanos: 2 ** 40 + 7 },
      ],
      errorSpanCount: 2,
      spanCount: 70_000,
      analysisVersion: 12,
    });
    const poor = plainVerdict({ startUnixNano: 0n, durationNanos: 0, path: [] });
    await keep(store, [rich]);
    await keep(store, [poor]);
    assert.deepEqual(await read(store), [poor, rich]);
  });

  test(`${engine}: a window holds the roots that start in it, its end not included`, async (t) => {
    const store = await open(t);
    const at = (n: number) =>
      plainVerdict({ traceId: `${n}`.padStart(32, "0"), startUnixNano: BigInt(n) });
    await keep(store, [at(3), at(1), at(2), at(4)]);
    assert.deepEqual(await read(store, { fromUnixNano: 2n, toUnixNano: 4n }), [at(2), at(3)]);
  });

  test(`${engine}: more verdicts than one answer holds come each once, in order`, async (t) => {
    const store = await open(t);
    const many = Array.from({ length: 25_000 }, (_, n) =>
      plainVerdict({
        traceId: n.toString(16).padStart(32, "0"),
        startUnixNano: BigInt(Math.floor(n / 7)),
      }),
    );
    await keep(store, many.toReversed());
    const ids = (verdicts: readonly StoredVerdict[]) => verdicts.map(({ traceId }) => traceId);
    assert.deepEqual(ids(await read(store)), ids(many));
  });

  test(`${engine}: the verdict that was judged last counts, wherever its root starts`, async (t) => {
    const store = await open(t);
    const first = plainVerdict({ startUnixNano: 100n, bottleneckService: "shop" });
    const second = plainVerdict({
      startUnixNano: 50n,
      bottleneckService: "pay",
      spanCount: 2,
      receivedUnixNano: first.receivedUnixNano + 1n,
    });
    await write(store, plainSpan({ traceId: first.traceId }));
    // Judged twice alike, as after a crash.
    await keep(store, [first]);
    await keep(store, [first]);
    assert.deepEqual(await read(store), [first]);
    await keep(store, [second], { again: true });
    assert.deepEqual(await read(store), [second]);
    assert.deepEqual(await read(store, { fromUnixNano: 80n }), []);
    assert.deepEqual(await found(store, { verdict: { bottleneckService: "shop" } }), []);
    assert.deepEqual(await found(store, { verdict: { bottleneckService: "pay" } }), [
      first.traceId,
    ]);
  });

  test(`${engine}: a search narrows by verdict, exactly, page by page`, async (t) => {
    const store = await open(t);
    const spans = Array.from({ length: 30 }, () => plainSpan({ name: "work" }));
    await write(store, ...spans);
    const verdicts = spans.slice(0, 27).map((span, n) =>
      plainVerdict({
        traceId: span.traceId,
        bottleneckService: n % 2 === 0 ? "pay" : "",
        findingKinds: n % 3 === 0 ? ["slow-trace", "timeout"] : ["orphans"],
        errorOrigins: n % 5 === 0 ? ["bank", "pay"] : [],
      }),
    );
    await keep(store, verdicts);
    await keep(store, [plainVerdict({ traceId: spans[28]?.traceId ?? "" })], {
      notJudged: "too large",
    });
    const wanted = (matches: (verdict: StoredVerdict) => boolean) =>
      verdicts
        .filter(matches)
        .map(({ traceId }) => traceId)
        .reverse();
    const byPay = wanted(({ bottleneckService }) => bottleneckService === "pay");
    assert.deepEqual(await found(store, { verdict: { bottleneckService: "pay" } }), byPay);
    const late = { findingKind: "timeout", errorOrigin: "pay" };
    assert.deepEqual(
      await found(store, { verdict: late }),
      wanted((v) => v.findingKinds.includes("timeout") && v.errorOrigins.includes("pay")),
    );
    assert.deepEqual(await found(store, { verdict: { bottleneckService: "" } }), []);
    assert.deepEqual(await found(store, { verdict: { errorOrigin: "nobody" } }), []);
    assert.equal((await found(store, { verdict: {} })).length, 27);

    const paged: string[] = [];
    let after: TraceQuery["after"];
    for (let pages = 0; pages < 20; pages++) {
      const page = await store.reader.findTraces({
        verdict: { bottleneckService: "pay" },
        limit: 4,
        ...(after === undefined ? undefined : { after }),
      });
      if (page.length === 0) break;
      paged.push(...page.map(({ traceId }) => traceId));
      after = page.at(-1);
    }
    assert.deepEqual(paged, byPay);
    const withSpans = await read(store, {
      traces: { service: "shop", verdict: { bottleneckService: "pay" } },
    });
    assert.deepEqual(withSpans.map(({ traceId }) => traceId).sort(), byPay.toSorted());
    assert.deepEqual(await read(store, { traces: { service: "nobody" } }), []);
  });
}
