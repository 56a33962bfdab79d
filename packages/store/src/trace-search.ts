// Traces with a matching span, those with the latest one first. The window is looked through in slices of time from its
// newest end, each as large as what was found so far lets expect; a trace's place is where its first slice has it, so
// slices never have to be put in order with each other. What a search costs is what it looks at, not what is stored.

import type { Engine } from "./engine.ts";
import { selectRows } from "./native-rows.ts";
import { START_STEP_NANOS } from "./schema.ts";
import { SearchSlices, type Slice } from "./search-slices.ts";
import { matchingSpans, spanConditions } from "./span-conditions.ts";
import { clampUint64, quoteHex } from "./sql.ts";
import type { TracePlace, TraceQuery } from "./trace-reader.ts";

/** Looked at in 3 ms by the cheap conditions: a service of forty has twenty traces among a thousand spans. */
const FIRST_SPANS = 32_768;
/** From one slice to all before it, where little was found. */
const MAX_GROWTH = 8;
/** What was found may lie closer than what follows. */
const MARGIN = 1.3;
/** A second thread costs a millisecond before it helps. */
const ONE_THREAD_SPANS = 131_072;
/** The engine takes statements of 256 KiB; an id is 43 bytes of it. */
const IDS_A_STATEMENT = 1000;

/** @param firstSpans that the first slice holds, about */
export function searchTraces(
  engine: Pick<Engine, "select">,
  query: TraceQuery,
  firstSpans: number = FIRST_SPANS,
): Promise<readonly TracePlace[]> {
  return new TraceSearch(engine, query, firstSpans).run();
}

class TraceSearch {
  readonly #engine: Pick<Engine, "select">;
  readonly #query: TraceQuery;
  readonly #firstSpans: number;
  readonly #wanted: number;
  readonly #slices: SearchSlices;
  readonly #found: TracePlace[] = [];
  /** Traces of the answer, and those that an earlier answer has. */
  readonly #known = new Set<string>();

  constructor(engine: Pick<Engine, "select">, query: TraceQuery, firstSpans: number) {
    this.#engine = engine;
    this.#query = query;
    this.#firstSpans = firstSpans;
    this.#wanted = Math.max(1, query.limit | 0);
    const from = clampUint64(query.startMinUnixNano ?? 0n);
    const to = clampUint64(query.startMaxUnixNano ?? 2n ** 64n);
    const latest = query.after?.latestUnixNano ?? to;
    this.#slices = new SearchSlices(engine, stepOf(from), stepOf(latest < to ? latest : to));
  }

  async run(): Promise<readonly TracePlace[]> {
    for (let spans = this.#firstSpans; ; spans = this.#nextSpans()) {
      const before = this.#slices.spanCount;
      const slice = await this.#slices.next(spans);
      if (slice === undefined) return this.#found;
      await this.#lookThrough(slice, this.#slices.spanCount - before);
      if (this.#found.length >= this.#wanted) return this.#found.slice(0, this.#wanted);
    }
  }

  #nextSpans(): number {
    const { spanCount } = this.#slices;
    const left = this.#wanted - this.#found.length;
    const expected = MARGIN * spanCount * (left / this.#found.length);
    return Math.max(
      this.#firstSpans,
      Math.min(Math.max(expected, spanCount), MAX_GROWTH * spanCount),
    );
  }

  async #lookThrough(slice: Slice, spanCount: number): Promise<void> {
    let after = this.#query.after;
    while (this.#found.length < this.#wanted) {
      // Known ones may come again, with earlier spans of theirs.
      const limit = this.#wanted - this.#found.length + this.#known.size;
      const places = await this.#places(slice, after, limit, spanCount);
      const unknown = places.filter(({ traceId }) => !this.#known.has(traceId));
      for (const { traceId } of unknown) this.#known.add(traceId);
      const earlier = await this.#inEarlierAnswers(unknown);
      this.#found.push(...unknown.filter(({ traceId }) => !earlier.has(traceId)));
      if (places.length < limit) return;
      after = places.at(-1);
    }
  }

  async #places(
    { fromStep, toStep }: Slice,
    after: TracePlace | undefined,
    limit: number,
    spanCount: number,
  ): Promise<TracePlace[]> {
    const inSlice = `intDiv(start_unix_nano, ${START_STEP_NANOS}) between ${fromStep} and ${toStep}`;
    const rows = await selectRows(
      this.#engine,
      `select trace_id, max(start) as latest from (${matchingSpans(this.#query, inSlice)})
       group by trace_id ${afterPlace(after)} order by latest desc, trace_id limit ${limit}
       ${spanCount > ONE_THREAD_SPANS ? "" : "settings max_threads = 1"}`,
    );
    return rows.map((row) => ({
      traceId: String(row["trace_id"]),
      latestUnixNano: BigInt(row["latest"] ?? 0),
    }));
  }

  /** Those that have a matching span at or before the place after which this answer begins: it was their place. */
  async #inEarlierAnswers(places: readonly TracePlace[]): Promise<ReadonlySet<string>> {
    const { after } = this.#query;
    const earlier = new Set<string>();
    if (after === undefined) return earlier;
    const latest = clampUint64(after.latestUnixNano);
    for (let i = 0; i < places.length; i += IDS_A_STATEMENT) {
      const ids = places.slice(i, i + IDS_A_STATEMENT).map(({ traceId }) => quoteHex(traceId));
      const rows = await selectRows(
        this.#engine,
        `select distinct trace_id from culprit.spans
         where ${spanConditions(this.#query).join(" and ")} and trace_id in (${ids.join(", ")})
         and intDiv(start_unix_nano, ${START_STEP_NANOS}) >= ${stepOf(latest)}
         and (start_unix_nano > ${latest} or start_unix_nano = ${latest} and trace_id <= ${quoteHex(after.traceId)})
         settings max_threads = 1`,
      );
      for (const row of rows) earlier.add(String(row["trace_id"]));
    }
    return earlier;
  }
}

function stepOf(unixNano: bigint): number {
  return Number(unixNano / START_STEP_NANOS);
}

function afterPlace(after: TracePlace | undefined): string {
  if (after === undefined) return "";
  const latest = clampUint64(after.latestUnixNano);
  return `having latest < ${latest} or (latest = ${latest} and trace_id > ${quoteHex(after.traceId)})`;
}
