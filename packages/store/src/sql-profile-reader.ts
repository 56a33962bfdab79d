// ProfileReader in SQL, for every engine.

import type { DurationNanos } from "@culprit/trace-model";
import type { Engine } from "./engine.ts";
import { lateSpanIds } from "./late-spans.ts";
import { readNative, selectRows } from "./native-rows.ts";
import {
  MAX_UNJUDGED,
  type ProfileReader,
  type StoredPathSum,
  type StoredProfile,
} from "./profile-reader.ts";
import { spanConditions } from "./span-conditions.ts";
import { readSpans, SPAN_COLUMNS } from "./span-rows.ts";
import { quoteHex } from "./sql.ts";
import type { StoredTrace } from "./trace-reader.ts";
import { CURRENT, verdictConditions } from "./verdict-condition.ts";
import { around, inWindow, latest, verdictRows } from "./verdict-rows.ts";
import type { PathShare, VerdictQuery } from "./verdict-store.ts";

/** Read at once: some 50 MB. A larger trace comes alone. */
const SPANS_A_READ = 50_000;
/** The engine takes statements of 256 KiB; an id is 43 bytes of it. */
const TRACES_A_READ = 1000;

export class SqlProfileReader implements ProfileReader {
  readonly #engine: Engine;
  readonly #quietNanos: DurationNanos;

  /** @param quietNanos a span that came longer than this after all earlier ones of its trace is late */
  constructor(engine: Engine, quietNanos: DurationNanos) {
    this.#engine = engine;
    this.#quietNanos = quietNanos;
  }

  async profile(query: VerdictQuery): Promise<StoredProfile> {
    // Both bounds stay as they are now, while spans arrive and are judged.
    const judged = await latest(this.#engine, "judged_until_unix_nano", "verdict_progress");
    // Answered from what parts know of themselves.
    const last = await latest(this.#engine, "received_unix_nano", "spans");
    const inTraces = matching(query);
    const arrived = [
      "tenant = ''",
      `received_unix_nano > ${judged}`,
      `received_unix_nano <= ${last}`,
      ...around(query),
      ...inTraces,
    ].join(" and ");
    const unjudgedCount = await this.#count("spans", arrived);
    // By the id: which of too many are judged has nothing to do with what they are.
    const unjudged = `from culprit.spans where ${arrived} group by trace_id order by trace_id limit ${MAX_UNJUDGED}`;
    const pieces = unjudgedCount === 0 ? [] : await this.#pieces(unjudged);
    const candidates = [
      ...inWindow(query),
      ...inTraces,
      ...(unjudgedCount === 0 ? [] : [`trace_id not in (select trace_id ${unjudged})`]),
    ];
    const where = [...candidates, CURRENT, ...verdictConditions(query.traces?.verdict ?? {})].join(
      " and ",
    );
    const notJudgedCount = await this.#notJudged([...around(query), ...inTraces]);
    const rows = await verdictRows(this.#engine, where);
    return new SqlStoredProfile(this.#engine, this.#quietNanos, rows, pieces, {
      unjudgedCount,
      notJudgedCount,
    });
  }

  async #count(table: "spans" | "verdicts", where: string): Promise<number> {
    const [row] = await selectRows(
      this.#engine,
      `select uniqExact(trace_id) as traces from culprit.${table} where ${where}`,
    );
    return Number(row?.["traces"] ?? 0);
  }

  /** Their rows know no start, so it is asked of their spans; almost always there are none. */
  async #notJudged(onSpans: readonly string[]): Promise<number> {
    const notJudged = "tenant = '' and not_judged != ''";
    if ((await this.#count("verdicts", notJudged)) === 0) return 0;
    const ids = `trace_id in (select trace_id from culprit.verdicts where ${notJudged})`;
    return this.#count("spans", ["tenant = ''", ...onSpans, ids].join(" and "));
  }

  /** Ids of traces that are read together. */
  async #pieces(unjudged: string): Promise<string[][]> {
    const pieces: string[][] = [];
    let spans = 0;
    for (const row of await selectRows(
      this.#engine,
      `select trace_id, count() as spans ${unjudged}`,
    )) {
      const piece = pieces.at(-1);
      spans += Number(row["spans"]);
      if (piece === undefined || piece.length === TRACES_A_READ || spans > SPANS_A_READ) {
        pieces.push([String(row["trace_id"])]);
        spans = Number(row["spans"]);
      } else {
        piece.push(String(row["trace_id"]));
      }
    }
    return pieces;
  }
}

/** That a span of the trace meets the query's conditions. */
function matching(query: VerdictQuery): string[] {
  const { verdict: _verdict, ...spans } = query.traces ?? {};
  const onSpans = spanConditions(spans);
  // The tenant alone is no condition.
  if (onSpans.length <= 1) return [];
  const where = [...onSpans, ...around(query)].join(" and ");
  return [`trace_id in (select trace_id from culprit.spans where ${where})`];
}

type Counts = Pick<StoredProfile, "unjudgedCount" | "notJudgedCount">;

class SqlStoredProfile implements StoredProfile {
  readonly unjudgedCount: number;
  readonly notJudgedCount: number;
  readonly #engine: Engine;
  readonly #quietNanos: DurationNanos;
  readonly #rows: string;
  readonly #pieces: readonly (readonly string[])[];

  /** @param rows of verdicts: what stands after `from` */
  constructor(
    engine: Engine,
    quietNanos: DurationNanos,
    rows: string,
    pieces: readonly (readonly string[])[],
    { unjudgedCount, notJudgedCount }: Counts,
  ) {
    this.#engine = engine;
    this.#quietNanos = quietNanos;
    this.#rows = rows;
    this.#pieces = pieces;
    this.unjudgedCount = unjudgedCount;
    this.notJudgedCount = notJudgedCount;
  }

  async *unjudged(): AsyncGenerator<readonly StoredTrace[]> {
    for (const piece of this.#pieces) {
      const ids = piece.map(quoteHex);
      const answer = await this.#engine.select(
        `select ${SPAN_COLUMNS} from culprit.spans where tenant = '' and trace_id in (${ids.join(", ")})
         settings min_table_rows_to_use_projection_index = 0`,
      );
      const byTrace = Map.groupBy(readSpans(answer), ({ span }) => span.traceId);
      yield Array.from(byTrace, ([traceId, stored]) => ({
        traceId,
        spans: stored.map(({ span }) => span),
        lateSpanIds: lateSpanIds(stored, this.#quietNanos),
      }));
    }
  }

  async durations(): Promise<Float64Array> {
    const answer = await this.#engine.select(`select duration_nano from ${this.#rows}`);
    const blocks: Float64Array[] = [];
    let count = 0;
    for (const { columns } of readNative(answer)) {
      const column = columns.get("duration_nano");
      if (!(column instanceof BigUint64Array)) continue;
      blocks.push(Float64Array.from(column, Number));
      count += column.length;
    }
    const durations = new Float64Array(count);
    let at = 0;
    for (const block of blocks) {
      durations.set(block, at);
      at += block.length;
    }
    return durations.sort();
  }

  async paths(limits: readonly DurationNanos[]): Promise<readonly (readonly StoredPathSum[])[]> {
    const rows = await selectRows(
      this.#engine,
      `select band, service, operation, ${SUM} as sum
       from (select ${bandOf(limits)} as band, path_services, path_operations, path_nanos from ${this.#rows})
       array join path_services as service, path_operations as operation, path_nanos as nanos
       where nanos > 0
       group by band, service, operation`,
    );
    const paths: StoredPathSum[][] = Array.from({ length: limits.length + 1 }, () => []);
    for (const row of rows) {
      paths[Number(row["band"])]?.push({
        service: String(row["service"]),
        operation: String(row["operation"]),
        nanos: Number(row["sum"]),
      });
    }
    return paths;
  }

  async stacks(
    limits: readonly DurationNanos[],
    band?: number,
  ): Promise<readonly (readonly PathShare[])[]> {
    const onBand = band === undefined ? "" : `where ${bandOf(limits)} = ${band | 0}`;
    const answer = await this.#engine.select(
      `select path_services, path_operations, path_parents,
         sumForEach(arrayMap(nanos -> toFloat64(nanos), path_nanos)) as sums
       from (select duration_nano, path_services, path_operations, path_parents, path_nanos from ${this.#rows}) ${onBand}
       group by path_services, path_operations, path_parents`,
    );
    return [...readNative(answer)].flatMap(({ rows, columns }) => {
      // The statement selected them.
      const column = <T>(name: string): T => columns.get(name) as T;
      const services = column<readonly (readonly string[])[]>("path_services");
      const operations = column<readonly (readonly string[])[]>("path_operations");
      const parents = column<readonly Uint16Array[]>("path_parents");
      const sums = column<readonly Float64Array[]>("sums");
      return Array.from({ length: rows }, (_, row) =>
        (services[row] as readonly string[]).map((service, i) => ({
          service,
          operation: operations[row]?.[i] as string,
          parent: (parents[row]?.[i] as number) - 1,
          nanos: sums[row]?.[i] as number,
        })),
      );
    });
  }
}

/** As text: a sum of 64 bits would overflow after 584 years of critical path, which a few broken clocks claim. */
const SUM = "toString(sum(toUInt128(nanos)))";

function bandOf(limits: readonly DurationNanos[]): string {
  const cases = limits.map((limit, band) => `duration_nano <= ${BigInt(limit)}, ${band}`);
  return cases.length === 0 ? "0" : `multiIf(${cases.join(", ")}, ${limits.length})`;
}
