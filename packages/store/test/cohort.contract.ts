// What every reader of cohorts must do, whatever its engine.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assembleTrace,
  Failing,
  groupByTrace,
  type Span,
  SpanKind,
  StatusCode,
} from "@culprit/trace-model";
import fc from "fast-check";
import { spans as anySpans } from "../../trace-model/test/span-arbitrary.ts";
import type { CohortQuery, TimeRange } from "../src/index.ts";
import { plainSpan, resourceOf } from "./plain-span.ts";
import { type OpenStore, write } from "./store.contract.ts";

const BASE = 1_795_000_000_000_000_000n;
const MINUTE = 60_000_000_000n;
const EVER: TimeRange = { fromUnixNano: 0n, toUnixNano: 2n ** 64n - 1n };

function range(fromMinute: number, toMinute: number): TimeRange {
  return {
    fromUnixNano: BASE + BigInt(fromMinute) * MINUTE,
    toUnixNano: BASE + BigInt(toMinute) * MINUTE,
  };
}

const id = (n: number, digits: number): string => n.toString(16).padStart(digits, "0");

/** A span `n` of trace `trace` that starts so many minutes after the base. */
function spanAt(trace: number, n: number, minute: number, more: Partial<Span> = {}): Span {
  const start = BASE + BigInt(Math.round(minute * 60e9));
  return plainSpan({
    traceId: id(trace, 32),
    spanId: id(n, 16),
    startUnixNano: start,
    endUnixNano: start + 1000n,
    ...more,
  });
}

export function cohortContract(engine: string, open: OpenStore): void {
  test(`${engine}: a trace belongs to the range in which its root starts, half open`, async (t) => {
    const store = await open(t);
    const child = { parentSpanId: id(1, 16) };
    await write(
      store,
      ...[spanAt(1, 1, 0), spanAt(1, 2, 10, child)],
      ...[spanAt(2, 1, -1), spanAt(2, 2, 5, child)],
      ...[spanAt(3, 1, 10), spanAt(3, 2, 9, child)],
      // Without a parentless span the orphan is the root.
      ...[spanAt(4, 2, 9.9, { parentSpanId: id(9, 16) })],
      ...[spanAt(5, 1, 20), spanAt(6, 1, 30)],
    );
    const { columns, sampledOneIn } = await store.cohorts.cohort({
      groups: [[range(0, 10), range(20, 21)], [range(10, 20)], []],
    });
    const groups = columns.traceIds.map((traceId, i) => [Number(traceId), columns.group[i]]);
    assert.deepEqual(groups.sort(), [
      [1, 0],
      [3, 1],
      [4, 0],
      [5, 0],
    ]);
    assert.deepEqual(sampledOneIn, [1, 1, 1]);
    // The child that starts before its root comes first, and knows its parent.
    const trace = columns.traceIds.indexOf(id(3, 32));
    const first = columns.firstRow[trace] as number;
    assert.equal(columns.parent[first], first + 1);
    assert.equal(columns.root[trace], first + 1);
    assert.equal(columns.startNanos[first], -60e9);
  });

  test(`${engine}: columns say what an assembled trace says`, async (t) => {
    const store = await open(t);
    await fc.assert(
      fc.asyncProperty(anySpans, async (drawn) => {
        // Within the hour around its root, and one copy of each span: the rest has tests of its own.
        const spans = [...new Map(drawn.map((span) => [span.traceId + span.spanId, span])).values()]
          .map((span, i) => ({
            ...span,
            startUnixNano: BASE + (span.startUnixNano % MINUTE) * 10n + BigInt(i),
          }))
          .map((span) => ({ ...span, endUnixNano: span.startUnixNano + 5n }));
        await write(store, ...spans);
        const { columns } = await store.cohorts.cohort({ groups: [[EVER]] });
        for (const [traceId, ofTrace] of groupByTrace(spans)) {
          const t = columns.traceIds.indexOf(traceId);
          const stored = (await store.reader.trace(traceId))?.spans ?? [];
          const trace = assembleTrace(stored);
          assert.ok(ofTrace.length <= trace.spans.length);
          const [first, end] = [columns.firstRow[t] as number, columns.firstRow[t + 1] as number];
          assert.equal(end - first, trace.spans.length);
          const root = columns.root[t] as number;
          assert.equal(columns.operations[columns.operation[root] as number], trace.spans[0]?.name);
          assert.equal(
            columns.services[columns.service[root] as number],
            trace.services[trace.service[0] as number],
          );
          const parentless = columns.parent.subarray(first, end).filter((parent) => parent === -1);
          assert.equal(parentless.length, trace.roots.length);
        }
      }),
      { numRuns: 15 },
    );
  });

  test(`${engine}: a span that was sent twice is there once; a shared id is two spans`, async (t) => {
    const store = await open(t);
    const root = spanAt(1, 1, 0);
    const client = spanAt(1, 2, 0, { parentSpanId: root.spanId, kind: SpanKind.client });
    const server = { ...client, kind: SpanKind.server, resource: resourceOf("bank") };
    const below = spanAt(1, 3, 0.1, { parentSpanId: client.spanId, name: "below" });
    await write(store, root, client, server, below);
    await write(store, root, client, below);
    const { columns } = await store.cohorts.cohort({ groups: [[EVER]] });
    assert.equal(columns.parent.length, 4);
    const at = columns.operation.findIndex((name) => columns.operations[name] === "below");
    const parent = columns.parent[at] as number;
    assert.equal(columns.services[columns.service[parent] as number], "bank");
    assert.equal(columns.kind[columns.parent[parent] as number], SpanKind.client);
  });

  test(`${engine}: failures and a wanted attribute are marked, conditions narrow every group`, async (t) => {
    const store = await open(t);
    const event = { timeUnixNano: BASE, name: "exception", attributes: new Map() };
    await write(
      store,
      spanAt(1, 1, 0, { statusCode: StatusCode.error }),
      spanAt(2, 1, 1, {
        events: [{ ...event, droppedAttributesCount: 0 }],
        attributes: new Map([["size", 3n]]),
      }),
      spanAt(3, 1, 2, { name: "other" }),
    );
    const marked = await store.cohorts.cohort({
      groups: [[EVER]],
      mark: { key: "size", value: "3" },
    });
    assert.deepEqual([...marked.columns.errs], [1, 1, 0]);
    assert.deepEqual([...marked.columns.marked], [0, 1, 0]);
    const groups: CohortQuery["groups"] = [[range(0, 1)], [range(1, 3)]];
    const narrowed = await store.cohorts.cohort({ groups, conditions: { operation: "other" } });
    assert.deepEqual(narrowed.columns.traceIds, [id(3, 32)]);
    assert.deepEqual([...narrowed.columns.group], [1]);
  });

  test(`${engine}: an answer that nobody marked fails, or refuses, by its status in old and new names`, async (t) => {
    const store = await open(t);
    const { server, client, internal } = SpanKind;
    const answers = [
      [server, "http.response.status_code", 500n, Failing.fails],
      [server, "http.status_code", "503", Failing.fails],
      [internal, "http.status_code", 599n, Failing.fails],
      [server, "http.response.status_code", 404n, Failing.no],
      [client, "http.response.status_code", 404n, Failing.refused],
      [client, "http.status_code", 400n, Failing.refused],
      [client, "http.status_code", 399n, Failing.no],
      [client, "http.status_code", "", Failing.no],
      [client, "http.status_code", "late", Failing.no],
      [client, "http.status_code", 600n, Failing.no],
      [client, "rpc.grpc.status_code", 14n, Failing.fails],
      [server, "rpc.response.status_code", "deadline_exceeded", Failing.fails],
      [client, "grpc.status_code", "NOT_FOUND", Failing.refused],
      [server, "rpc.grpc.status_code", 0n, Failing.no],
      [client, "rpc.response.status_code", "OK", Failing.no],
    ] as const;
    await write(
      store,
      ...answers.map(([kind, key, value], n) =>
        spanAt(n + 1, 1, 0, { kind, attributes: new Map([[key, value]]) }),
      ),
    );
    const { columns } = await store.cohorts.cohort({ groups: [[EVER]] });
    assert.deepEqual(
      [...columns.errs],
      answers.map(([, , , failing]) => failing),
    );
  });

  test(`${engine}: attributes come once a trace and pair, without ids; resources with the columns`, async (t) => {
    const store = await open(t);
    const spans = Array.from({ length: 40 }, (_, n) => {
      const attributes = new Map<string, string | bigint>([
        ["zone", n % 4 === 0 ? "north" : "south"],
        ["request", `r${n}`],
        ["size", BigInt(n % 2)],
      ]);
      return [spanAt(n + 1, 1, 0, { attributes }), spanAt(n + 1, 2, 0, { attributes })];
    });
    await write(store, ...spans.flat());
    const { columns, attributes } = await store.cohorts.cohort({ groups: [[EVER]] });
    const counts = new Map<string, number>();
    for (const pair of attributes.pair) {
      const name = attributes.pairs[pair]?.join("=") ?? "";
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    assert.deepEqual(Object.fromEntries(counts), {
      "zone=north": 10,
      "zone=south": 30,
      "size=0": 20,
      "size=1": 20,
    });
    const north = attributes.pairs.findIndex(([, value]) => value === "north");
    for (const [i, pair] of attributes.pair.entries()) {
      const traceId = columns.traceIds[attributes.trace[i] as number] as string;
      if (pair === north) assert.equal((Number(`0x${traceId}`) - 1) % 4, 0);
    }
    assert.deepEqual(columns.resources, [[["service.name", "shop"]]]);
  });

  test(`${engine}: too many traces are sampled evenly, the same ones each time, with progress`, async (t) => {
    const store = await open(t);
    const ids = Array.from({ length: 400 }, (_, n) => n + 1);
    await write(store, ...ids.flatMap((n) => [spanAt(n * 65_537, 1, n / 100)]));
    const progress: number[] = [];
    const query: CohortQuery = {
      groups: [[range(0, 3)], [range(3, 10)]],
      maxTraces: 100,
      onProgress: (done) => progress.push(done),
    };
    const { columns, sampledOneIn } = await store.cohorts.cohort(query);
    assert.deepEqual(sampledOneIn, [3, 2]);
    const inGroup = (group: number): number => columns.group.filter((g) => g === group).length;
    assert.ok(inGroup(0) > 60 && inGroup(0) < 140, `${inGroup(0)}`);
    assert.ok(inGroup(1) > 20 && inGroup(1) < 90, `${inGroup(1)}`);
    assert.deepEqual(
      progress,
      progress.toSorted((a, b) => a - b),
    );
    assert.equal(progress.at(-1), 1);
    assert.deepEqual((await store.cohorts.cohort(query)).columns.traceIds, columns.traceIds);
  });

  test(`${engine}: an empty store gives empty columns`, async (t) => {
    const store = await open(t);
    const { columns, attributes } = await store.cohorts.cohort({ groups: [[EVER], [EVER]] });
    assert.equal(columns.traceIds.length, 0);
    assert.deepEqual([...columns.firstRow], [0]);
    assert.equal(attributes.trace.length, 0);
  });
}
