import assert from "node:assert/strict";
import { test } from "node:test";
import { type Span, SpanReplay } from "@culprit/trace-model";
import fc from "fast-check";
import { plainSpan, resourceOf } from "../test/plain-span.ts";
import { temporaryFolder } from "../test/temporary-folder.ts";
import { openEmbeddedEngine } from "./embedded-engine.ts";
import type { Engine } from "./engine.ts";
import { selectRows } from "./native-rows.ts";
import { migrate } from "./schema.ts";
import { SpanBlock } from "./span-block.ts";
import type { TracePlace, TraceQuery } from "./trace-reader.ts";
import { searchTraces } from "./trace-search.ts";

const END = 2n ** 64n - 1n;
const YEAR = 31_557_600_000_000_000n;
const STEP = 5_000_000_000n;

async function insert(engine: Engine, spans: readonly Span[]): Promise<void> {
  const block = new SpanBlock();
  const replay = new SpanReplay(block);
  for (const span of spans) replay.span(span);
  const blocks = [{ columns: block.columns(), rows: block.rows }];
  await engine.insert({ table: "culprit.spans", blocks });
}

/** What the port promises, the slow way. */
function places(
  spans: readonly Span[],
  { startMinUnixNano = 0n, startMaxUnixNano = END, operation }: TraceQuery,
) {
  const latest = new Map<string, bigint>();
  for (const { traceId, startUnixNano: start, name } of spans) {
    if (start < startMinUnixNano || start > startMaxUnixNano) continue;
    if (operation !== undefined && name !== operation) continue;
    if (start >= (latest.get(traceId) ?? 0n)) latest.set(traceId, start);
  }
  return Array.from(latest, ([traceId, latestUnixNano]) => ({ traceId, latestUnixNano })).sort(
    (a, b) =>
      a.latestUnixNano === b.latestUnixNano
        ? a.traceId < b.traceId
          ? -1
          : 1
        : a.latestUnixNano > b.latestUnixNano
          ? -1
          : 1,
  );
}

const times = fc.oneof(
  fc.constantFrom(0n, END, END - 1n, STEP - 1n, STEP, STEP + 1n),
  fc.bigInt({ min: 50n * YEAR, max: 50n * YEAR + 4n * STEP }),
  fc.integer({ min: 0, max: 500 }).map((year) => BigInt(year) * YEAR),
);

test("slices, pages and a single look give the same traces as all spans put in order", async (t) => {
  const engine = await openEmbeddedEngine(await temporaryFolder());
  t.after(() => engine.close());
  await migrate(engine);
  let run = 0;
  const spanOf = fc.record({ trace: fc.nat(11), start: times, name: fc.constantFrom("a", "b") });
  const blocks = fc.array(fc.array(spanOf, { minLength: 1, maxLength: 8 }), {
    minLength: 1,
    maxLength: 4,
  });
  const bounds = fc.option(fc.tuple(times, times), { nil: undefined });
  await fc.assert(
    fc.asyncProperty(
      blocks,
      bounds,
      fc.integer({ min: 1, max: 5 }),
      async (parts, window, limit) => {
        const service = `run-${++run}`;
        const resource = resourceOf(service);
        const spans = parts.map((part) =>
          part.map(({ trace, start, name }) =>
            plainSpan({
              traceId: (BigInt(run) * 1000n + BigInt(trace) + 1n).toString(16).padStart(32, "0"),
              startUnixNano: start,
              endUnixNano: start,
              name,
              resource,
            }),
          ),
        );
        for (const part of spans) await insert(engine, part);
        const query: TraceQuery = {
          service,
          operation: "a",
          limit: 100,
          ...(window === undefined
            ? {}
            : { startMinUnixNano: window[0], startMaxUnixNano: window[1] }),
        };
        const expected = places(spans.flat(), query);
        assert.deepEqual(await searchTraces(engine, query), expected);
        assert.deepEqual(await searchTraces(engine, query, 1), expected);
        const paged: TracePlace[] = [];
        for (let after: TracePlace | undefined; ; after = paged.at(-1)) {
          const page = await searchTraces(
            engine,
            { ...query, limit, ...(after === undefined ? {} : { after }) },
            1,
          );
          paged.push(...page);
          if (page.length < limit) break;
        }
        assert.deepEqual(paged, expected);
      },
    ),
    { numRuns: 40 },
  );
});

const PLACES = ["span", "event", "link", "resource", "scope"] as const;
type Place = (typeof PLACES)[number];

/** With an attribute `one` in a place and `two` in another or the same; each value names its place. */
function spanWith(one: Place, two: Place): Span {
  const at = (place: Place) =>
    new Map(
      Object.entries({ one, two })
        .filter(([, where]) => where === place)
        .map(([key, where]) => [key, `in ${where}`]),
    );
  const { scope, resource } = plainSpan();
  const counts = { droppedAttributesCount: 0 };
  const ids = { traceId: "c".repeat(32), spanId: "d".repeat(16) };
  return plainSpan({
    attributes: at("span"),
    events: [{ timeUnixNano: 1n, name: "event", attributes: at("event"), ...counts }],
    links: [{ ...ids, traceState: "", flags: 0, attributes: at("link"), ...counts }],
    scope: { ...scope, attributes: at("scope") },
    resource: { ...resource, attributes: new Map([...resource.attributes, ...at("resource")]) },
  });
}

test("attributes are found in every place, alone and together, without the index and with it", async (t) => {
  const engine = await openEmbeddedEngine(await temporaryFolder());
  t.after(() => engine.close());
  await migrate(engine);
  const spans = PLACES.flatMap((one) =>
    PLACES.map((two) => ({ one, two, span: spanWith(one, two) })),
  );
  await insert(
    engine,
    spans.map(({ span }) => span),
  );
  await insert(engine, [plainSpan(), plainSpan()]);
  const found = async (filters: Record<string, string>): Promise<string[]> => {
    const attributes = Object.entries(filters).map(([key, value]) => ({ key, value }));
    const places = await searchTraces(engine, { attributes, limit: 100 });
    return places.map(({ traceId }) => traceId).sort();
  };
  const idsWhere = (matches: (span: { one: Place; two: Place }) => boolean): string[] =>
    spans
      .filter(matches)
      .map(({ span }) => span.traceId)
      .sort();
  const findAll = async (): Promise<void> => {
    for (const one of PLACES) {
      const inPlace = { one: `in ${one}` };
      assert.deepEqual(
        await found(inPlace),
        idsWhere((span) => span.one === one),
        one,
      );
      for (const two of PLACES) {
        assert.deepEqual(
          await found({ ...inPlace, two: `in ${two}` }),
          idsWhere((span) => span.one === one && span.two === two),
          `${one} and ${two}`,
        );
      }
      assert.deepEqual(await found({ ...inPlace, two: "nowhere" }), []);
    }
  };
  await findAll();
  await engine.command("optimize table culprit.spans final");
  const [index] = await selectRows(
    engine,
    "select data_compressed_bytes as bytes from system.data_skipping_indices where name = 'by_pair'",
  );
  assert.notEqual(index?.["bytes"], 0n);
  await findAll();
});
