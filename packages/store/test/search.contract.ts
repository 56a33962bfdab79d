// What every store must do with searches over much and over long times, whatever its engine.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Span } from "@culprit/trace-model";
import type { Store, TracePlace, TraceQuery } from "../src/index.ts";
import { plainSpan, resourceOf } from "./plain-span.ts";
import { type OpenStore, write } from "./store.contract.ts";

const YEAR = 31_557_600_000_000_000n;
const NOW = 1_795_000_000_000_000_000n;
const NOISE_SPANS = 120_000;

/** More spans than a search looks at first, a millisecond apart, of one service. */
async function writeNoise(store: Store): Promise<void> {
  const resource = resourceOf("noise");
  for (let from = 0; from < NOISE_SPANS; from += 20_000) {
    const spans = Array.from({ length: 20_000 }, (_, i) =>
      plainSpan({ startUnixNano: NOW + BigInt(from + i) * 1_000_000n, resource }),
    );
    await write(store, ...spans);
  }
}

async function pageByPage(store: Store, query: Omit<TraceQuery, "limit">, limit: number) {
  const all: TracePlace[] = [];
  for (let after: TracePlace | undefined; ; after = all.at(-1)) {
    const place = after === undefined ? {} : { after };
    const page = await store.reader.findTraces({ ...query, ...place, limit });
    all.push(...page);
    if (page.length < limit) return all;
  }
}

const placeOf = ({ traceId, startUnixNano }: Span): TracePlace => ({
  traceId,
  latestUnixNano: startUnixNano,
});

export function searchContract(engine: string, open: OpenStore): void {
  test(`${engine}: the limit is met though matching traces lie years apart behind many others`, async (t) => {
    const store = await open(t);
    const resource = resourceOf("rare");
    const rare = Array.from({ length: 50 }, (_, years) =>
      plainSpan({ startUnixNano: NOW - BigInt(years) * YEAR, resource }),
    );
    await write(store, ...rare.slice(0, 25));
    await writeNoise(store);
    await write(store, ...rare.slice(25));
    const query = { service: "rare" };
    const places = rare.map(placeOf);
    for (const limit of [1, 20, 50]) {
      const first = await store.reader.findTraces({ ...query, limit });
      assert.deepEqual(first, places.slice(0, limit));
      assert.deepEqual(await store.reader.findTraces({ ...query, limit }), first);
    }
    assert.deepEqual(await store.reader.findTraces({ ...query, limit: 100 }), places);
    assert.deepEqual(await pageByPage(store, query, 7), places);
    const window = {
      startMinUnixNano: rare[40]?.startUnixNano ?? 0n,
      startMaxUnixNano: rare[10]?.startUnixNano ?? 0n,
    };
    assert.deepEqual(await pageByPage(store, { ...query, ...window }, 9), places.slice(10, 41));
    const noise = await store.reader.findTraces({ limit: 3 });
    assert.equal(noise[0]?.latestUnixNano, NOW + BigInt(NOISE_SPANS - 1) * 1_000_000n);
  });

  test(`${engine}: a trace stands where its latest match is, once, whatever lies between its spans`, async (t) => {
    const store = await open(t);
    const resource = resourceOf("wide");
    // Each has a match among the oldest spans and one among the newest, in opposite order.
    const spans = Array.from({ length: 12 }, (_, i) => {
      const early = plainSpan({ startUnixNano: NOW - YEAR - BigInt(i), resource });
      const startUnixNano = NOW + BigInt(NOISE_SPANS) * 1_000_000n + BigInt(i);
      return [early, plainSpan({ traceId: early.traceId, startUnixNano, resource })] as const;
    });
    await write(store, ...spans.map(([early]) => early));
    await writeNoise(store);
    await write(store, ...spans.map(([, late]) => late));
    const places = spans.map(([, late]) => placeOf(late)).reverse();
    assert.deepEqual(await store.reader.findTraces({ service: "wide", limit: 100 }), places);
    assert.deepEqual(await pageByPage(store, { service: "wide" }, 5), places);
    const ids = places.map(({ traceId }) => traceId);
    const whole = await store.reader.traces(ids, 24);
    assert.deepEqual(
      whole?.map(({ traceId, spans }) => [traceId, spans.length]),
      ids.map((id) => [id, 2]),
    );
  });

  test(`${engine}: traces are given in the order of their ids in the question, unless they are too much`, async (t) => {
    const store = await open(t);
    const spans = Array.from({ length: 5 }, () => plainSpan());
    await write(store, ...spans, ...spans.map(({ traceId }) => plainSpan({ traceId })));
    const ids = spans.map(({ traceId }) => traceId).reverse();
    const read = async (maxSpans: number) =>
      (await store.reader.traces([...ids, "f".repeat(32)], maxSpans))?.map(
        ({ traceId }) => traceId,
      );
    assert.deepEqual(await read(10), ids);
    assert.equal(await read(9), undefined);
    assert.deepEqual(await store.reader.traces([], 9), []);
  });
}
