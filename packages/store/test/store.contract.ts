// What every store must do, whatever its engine.

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Span, SpanReplay } from "@culprit/trace-model";
import fc from "fast-check";
import { spans as anySpans } from "../../trace-model/test/span-arbitrary.ts";
import { assertSameSpans } from "../../trace-model/test/span-identity.ts";
import type { Store, StoreOptions, TracePlace, TraceQuery } from "../src/index.ts";
import { plainSpan, resourceOf } from "./plain-span.ts";

export type OpenStore = (t: TestContext, options?: StoreOptions) => Promise<Store>;

/** Writes spans as one append and waits for the commit. */
export async function write(store: Store, ...spans: readonly Span[]): Promise<void> {
  const outcome = store.writer.append((sink) => {
    const replay = new SpanReplay(sink);
    for (const span of spans) replay.span(span);
  });
  assert.equal(outcome.kind, "accepted");
  await outcome.committed;
}

async function found(store: Store, query: Partial<TraceQuery>): Promise<string[]> {
  const traces = await store.reader.findTraces({ limit: 100, ...query });
  return traces.map(({ traceId }) => traceId);
}

export function storeContract(engine: string, open: OpenStore): void {
  test(`${engine}: any span comes back as it went in`, async (t) => {
    const store = await open(t);
    await fc.assert(
      fc.asyncProperty(anySpans, async (spans) => {
        await write(store, ...spans);
        const read: Span[] = [];
        for (const traceId of new Set(spans.map((span) => span.traceId))) {
          read.push(...((await store.reader.trace(traceId))?.spans ?? []));
        }
        assertSameSpans(read, spans);
      }),
      { numRuns: 60 },
    );
  });

  test(`${engine}: spans that were acked are read at once`, async (t) => {
    const store = await open(t);
    for (let i = 0; i < 5; i++) {
      const span = plainSpan({ name: `step ${i}` });
      await write(store, span);
      assert.equal((await store.reader.trace(span.traceId))?.spans.length, 1);
      assert.deepEqual(await found(store, { operation: `step ${i}` }), [span.traceId]);
    }
  });

  test(`${engine}: an unknown trace is undefined, an empty store lists nothing`, async (t) => {
    const store = await open(t);
    assert.equal(await store.reader.trace("0".repeat(31).concat("1")), undefined);
    assert.deepEqual(await store.reader.services(), []);
    assert.deepEqual(await store.reader.operations({ service: "nobody" }), []);
    assert.deepEqual(await found(store, {}), []);
  });

  test(`${engine}: services and operations are sorted, each once`, async (t) => {
    const store = await open(t);
    const spans = ["pay", "buy", "pay"].map((name) =>
      plainSpan({ name, kind: 2, resource: resourceOf("shop") }),
    );
    await write(store, ...spans, plainSpan({ name: "pay", kind: 3, resource: resourceOf("bank") }));
    await write(
      store,
      plainSpan({ name: "pay", kind: 2 }),
      plainSpan({ resource: resourceOf("") }),
    );
    assert.deepEqual(await store.reader.services(), ["bank", "shop", "unknown_service"]);
    assert.deepEqual(await store.reader.operations({ service: "shop" }), [
      { service: "shop", name: "buy", kind: 2 },
      { service: "shop", name: "pay", kind: 2 },
    ]);
    assert.deepEqual(await store.reader.operations({ kind: 3 }), [
      { service: "bank", name: "pay", kind: 3 },
    ]);
  });

  test(`${engine}: a search gives whole traces, the latest first, as many as the limit`, async (t) => {
    const store = await open(t);
    const traces = Array.from({ length: 6 }, (_, i) => {
      const root = plainSpan({ startUnixNano: 1_000_000_000n * BigInt(i + 1), name: "root" });
      const child = plainSpan({
        traceId: root.traceId,
        parentSpanId: root.spanId,
        startUnixNano: root.startUnixNano,
        resource: resourceOf("db"),
        name: "select",
      });
      return [root, child] as const;
    });
    await write(store, ...traces.flat());
    const answer = await store.reader.findTraces({ service: "db", limit: 4 });
    assert.deepEqual(
      answer.map(({ traceId }) => traceId),
      traces
        .map(([root]) => root.traceId)
        .reverse()
        .slice(0, 4),
    );
    for (const { traceId } of answer) {
      assert.equal((await store.reader.trace(traceId))?.spans.length, 2);
    }
  });

  test(`${engine}: page by page comes every trace, once, also those of one moment`, async (t) => {
    const store = await open(t);
    const spans = Array.from({ length: 23 }, (_, i) => {
      const startUnixNano = 1_000n * BigInt(1 + (i % 4));
      return plainSpan({ startUnixNano, endUnixNano: startUnixNano });
    });
    await write(store, ...spans);
    const all = await found(store, { service: "shop" });
    const paged: string[] = [];
    let after: TracePlace | undefined;
    for (let page = 0; page < 8; page++) {
      const query = { service: "shop", limit: 3, ...(after === undefined ? {} : { after }) };
      const traces = await store.reader.findTraces(query);
      paged.push(...traces.map(({ traceId }) => traceId));
      after = traces.at(-1);
    }
    assert.equal(all.length, 23);
    assert.deepEqual(paged, all);
  });

  test(`${engine}: bounds of time and duration are inclusive`, async (t) => {
    const store = await open(t);
    const span = plainSpan({ startUnixNano: 5_000n, endUnixNano: 5_100n });
    await write(store, span);
    const cases: [Partial<TraceQuery>, boolean][] = [
      [{ startMinUnixNano: 5_000n, startMaxUnixNano: 5_000n }, true],
      [{ startMinUnixNano: 5_001n }, false],
      [{ startMaxUnixNano: 4_999n }, false],
      [{ startMinUnixNano: -1n, startMaxUnixNano: 2n ** 70n }, true],
      [{ durationMinNanos: 100, durationMaxNanos: 100 }, true],
      [{ durationMinNanos: 101 }, false],
      [{ durationMaxNanos: 99 }, false],
    ];
    for (const [query, matches] of cases) {
      assert.deepEqual(
        await found(store, query),
        matches ? [span.traceId] : [],
        JSON.stringify(query, (_, v) => (typeof v === "bigint" ? String(v) : v)),
      );
    }
  });

  test(`${engine}: a span that ends before it starts counts as zero long`, async (t) => {
    const store = await open(t);
    const span = plainSpan({ startUnixNano: 1_000n, endUnixNano: 1n });
    await write(store, span);
    assert.deepEqual(await found(store, { durationMaxNanos: 0 }), [span.traceId]);
    assert.deepEqual(await found(store, { durationMinNanos: 1 }), []);
  });

  test(`${engine}: durations are right to the end of the clock`, async (t) => {
    const store = await open(t);
    const longest = plainSpan({ startUnixNano: 0n, endUnixNano: 2n ** 64n - 1n });
    const backwards = plainSpan({ startUnixNano: 2n ** 64n - 1n, endUnixNano: 0n });
    await write(store, longest, backwards);
    assert.deepEqual(await found(store, { durationMinNanos: 2 ** 63 }), [longest.traceId]);
    assert.deepEqual(await found(store, { durationMaxNanos: 0 }), [backwards.traceId]);
    assert.deepEqual(await found(store, { durationMinNanos: Number.POSITIVE_INFINITY }), [
      longest.traceId,
    ]);
  });

  test(`${engine}: as many traces as are asked for, in the thousands, too`, async (t) => {
    const store = await open(t);
    await write(store, ...Array.from({ length: 7000 }, () => plainSpan()));
    assert.equal((await found(store, { limit: 6500 })).length, 6500);
  });

  test(`${engine}: attributes are found by text, wherever on the span they stand`, async (t) => {
    const store = await open(t);
    const span = plainSpan({
      kind: 3,
      statusCode: 2,
      attributes: new Map<string, string | bigint | boolean | number>([
        ["code", 200n],
        ["ratio", 0.5],
        ["ok", true],
        ["it's", 'a "quote" \\ and \n line'],
        ["empty", ""],
        ["", ""],
      ]),
      events: [
        {
          timeUnixNano: 1n,
          name: "exception",
          attributes: new Map([["exception.message", 'no "stock"\n\u0001 left']]),
          droppedAttributesCount: 0,
        },
      ],
      links: [
        {
          traceId: "c".repeat(32),
          spanId: "d".repeat(16),
          traceState: "",
          attributes: new Map([["why", "batch"]]),
          droppedAttributesCount: 0,
          flags: 0,
        },
      ],
      resource: resourceOf("shop", { region: "eu" }),
    });
    await write(store, span, plainSpan({ resource: resourceOf("other") }));
    const hits: [string, string][] = [
      ["code", "200"],
      ["ratio", "0.5"],
      ["ok", "true"],
      ["it's", 'a "quote" \\ and \n line'],
      ["empty", ""],
      ["", ""],
      ["exception.message", 'no "stock"\n\u0001 left'],
      ["why", "batch"],
      ["region", "eu"],
      ["resource.region", "eu"],
      ["error", "true"],
      ["span.kind", "client"],
      ["span.status", "error"],
    ];
    for (const [key, value] of hits) {
      assert.deepEqual(await found(store, { attributes: [{ key, value }] }), [span.traceId], key);
    }
    const misses: [string, string][] = [
      ["code", "20"],
      ["absent", ""],
      ["resource.code", "200"],
      ["exception.message", "no"],
      ["span.kind", "nonsense"],
      ["span.kind", "constructor"],
      ["span.status", "__proto__"],
      ["constructor", "x"],
    ];
    for (const [key, value] of misses) {
      assert.deepEqual(await found(store, { attributes: [{ key, value }] }), [], key);
    }
    assert.equal(
      (await found(store, { attributes: [{ key: "scope.name", value: "test" }] })).length,
      2,
    );
  });

  test(`${engine}: all conditions hold on one span`, async (t) => {
    const store = await open(t);
    const root = plainSpan({ name: "root", attributes: new Map([["a", "1"]]) });
    const child = plainSpan({
      traceId: root.traceId,
      name: "child",
      attributes: new Map([["b", "2"]]),
    });
    await write(store, root, child);
    const attributes = [{ key: "b", value: "2" }];
    assert.deepEqual(await found(store, { operation: "child", attributes }), [root.traceId]);
    assert.deepEqual(await found(store, { operation: "root", attributes }), []);
  });

  test(`${engine}: an archived trace is read once, with what has come since, archived or not`, async (t) => {
    const store = await open(t);
    const root = plainSpan();
    const copy = root;
    const late = plainSpan({ traceId: root.traceId, parentSpanId: root.spanId });
    const read = async () => (await store.reader.trace(root.traceId))?.spans ?? [];
    assert.equal(await store.archive.archive(root.traceId), false);
    await write(store, root, copy, plainSpan());
    const twice = [store.archive.archive(root.traceId), store.archive.archive(root.traceId)];
    assert.deepEqual(await Promise.all(twice), [true, true]);
    assertSameSpans(await read(), [root, copy]);
    await write(store, late);
    assertSameSpans(await read(), [root, copy, late]);
    assert.equal(await store.archive.archive(root.traceId), true);
    assertSameSpans(await read(), [root, copy, late]);
    assert.equal((await found(store, {})).length, 2);
  });

  test(`${engine}: spans of a thousand different years arrive in one append`, async (t) => {
    const store = await open(t);
    const yearNanos = 31_557_600_000_000_000n;
    const spans = Array.from({ length: 1000 }, (_, i) =>
      plainSpan({ startUnixNano: (BigInt(i) * yearNanos) % 2n ** 64n }),
    );
    await write(store, ...spans);
    assert.equal((await store.reader.findTraces({ limit: 2000 })).length, 1000);
  });

  test(`${engine}: an append that fails halfway leaves nothing, its neighbours all`, async (t) => {
    const store = await open(t);
    const [before, broken, after] = [plainSpan(), plainSpan({ name: "broken" }), plainSpan()];
    const first = write(store, before);
    const boom = new Error("undecodable");
    assert.throws(
      () =>
        store.writer.append((sink) => {
          new SpanReplay(sink).span(broken);
          sink.beginEvent(new Uint8Array(8), -1, 0, 0, 0);
          throw boom;
        }),
      boom,
    );
    await Promise.all([first, write(store, after)]);
    assert.deepEqual(await found(store, { operation: "broken" }), []);
    assert.equal((await found(store, {})).length, 2);
    assertSameSpans((await store.reader.trace(after.traceId))?.spans ?? [], [after]);
  });

  test(`${engine}: concurrent appends share a block and a flush`, async (t) => {
    const store = await open(t);
    const fileSyncs = async () => (await store.engineEvents()).get("FileSync") ?? 0;
    await write(store, plainSpan());
    const blocksBefore = store.writer.status.committedBlocks;
    const syncsBefore = await fileSyncs();
    await Promise.all(Array.from({ length: 50 }, () => write(store, plainSpan())));
    const blocks = store.writer.status.committedBlocks - blocksBefore;
    assert.ok(blocks >= 1 && blocks < 10, `${blocks} blocks for 50 appends`);
    assert.ok((await fileSyncs()) - syncsBefore >= blocks);
    assert.equal(store.writer.status.pendingSpans, 0);
  });

  test(`${engine}: while too much waits, appends are refused, and taken again after`, async (t) => {
    const store = await open(t, { maxPendingBytes: 50_000 });
    const commits: Promise<void>[] = [];
    let refused = 0;
    for (let i = 0; i < 1000; i++) {
      const outcome = store.writer.append((sink) => new SpanReplay(sink).span(plainSpan()));
      if (outcome.kind === "accepted") commits.push(outcome.committed);
      else refused++;
    }
    assert.ok(refused > 0 && commits.length > 0);
    assert.equal(store.writer.overloaded, true);
    await Promise.all(commits);
    assert.equal(store.writer.overloaded, false);
    await write(store, plainSpan());
    assert.equal((await found(store, { limit: 2000 })).length, commits.length + 1);
  });
}
