// TraceReader in SQL, for every engine.

import type { DurationNanos } from "@culprit/trace-model";
import type { Engine } from "./engine.ts";
import { lateSpanIds, type StoredSpan } from "./late-spans.ts";
import { selectRows } from "./native-rows.ts";
import { spanConditions } from "./span-conditions.ts";
import { readSpans, SPAN_COLUMNS } from "./span-rows.ts";
import { clampUint64, quote, quoteHex } from "./sql.ts";
import { type SqlTraceArchive, withArchived } from "./sql-trace-archive.ts";
import type {
  FoundTrace,
  Operation,
  OperationQuery,
  StoredTrace,
  TracePlace,
  TraceQuery,
  TraceReader,
} from "./trace-reader.ts";

/** A trace lies in few granules: a second thread costs more than it finds. The projection is an index by trace id. */
const BY_TRACE = "settings max_threads = 1, min_table_rows_to_use_projection_index = 0";

/** The engine takes statements of 256 KiB; an id is 43 bytes of it. */
const IDS_A_STATEMENT = 1000;

export class SqlTraceReader implements TraceReader {
  readonly #engine: Engine;
  readonly #quietNanos: DurationNanos;
  readonly #archive: Pick<SqlTraceArchive, "spans">;

  /** @param quietNanos a span that came longer than this after all earlier ones of its trace is late */
  constructor(engine: Engine, quietNanos: DurationNanos, archive: Pick<SqlTraceArchive, "spans">) {
    this.#engine = engine;
    this.#quietNanos = quietNanos;
    this.#archive = archive;
  }

  async services(): Promise<readonly string[]> {
    const rows = await selectRows(
      this.#engine,
      "select distinct service from culprit.operations where tenant = '' order by service",
    );
    return rows.map((row) => String(row["service"]));
  }

  async operations(query: OperationQuery): Promise<readonly Operation[]> {
    const where = ["tenant = ''"];
    if (query.service !== undefined) where.push(`service = ${quote(query.service)}`);
    if (query.kind !== undefined) where.push(`kind = ${query.kind | 0}`);
    const rows = await selectRows(
      this.#engine,
      `select distinct service, name, kind from culprit.operations where ${where.join(" and ")}
       order by name, service, kind`,
    );
    return rows.map((row) => ({
      service: String(row["service"]),
      name: String(row["name"]),
      kind: Number(row["kind"]),
    }));
  }

  async findTraces(query: TraceQuery): Promise<readonly FoundTrace[]> {
    const rows = await selectRows(
      this.#engine,
      `select trace_id, max(start_unix_nano) as latest from culprit.spans
       where ${spanConditions(query).join(" and ")}
       group by trace_id ${placeCondition(query.after)}
       order by latest desc, trace_id limit ${Math.max(1, query.limit | 0)}`,
    );
    if (rows.length === 0) return [];
    const places = rows.map((row) => ({
      traceId: String(row["trace_id"]),
      latestUnixNano: BigInt(row["latest"] ?? 0),
    }));
    const spans: StoredSpan[] = [];
    for (let i = 0; i < places.length; i += IDS_A_STATEMENT) {
      const ids = places.slice(i, i + IDS_A_STATEMENT).map(({ traceId }) => quoteHex(traceId));
      for (const span of await this.#spans(`trace_id in (${ids.join(", ")})`)) spans.push(span);
    }
    const byTrace = Map.groupBy(spans, ({ span }) => span.traceId);
    return places.map((place) => ({
      ...this.#storedTrace(place.traceId, byTrace.get(place.traceId) ?? []),
      latestUnixNano: place.latestUnixNano,
    }));
  }

  async trace(traceId: string): Promise<StoredTrace | undefined> {
    const [stored, archived] = await Promise.all([
      this.#spans(`trace_id = ${quoteHex(traceId)}`),
      this.#archive.spans(traceId),
    ]);
    const spans = withArchived(stored, archived);
    return spans.length === 0 ? undefined : this.#storedTrace(traceId, spans);
  }

  #storedTrace(traceId: string, stored: readonly StoredSpan[]): StoredTrace {
    const spans = stored.map(({ span }) => span);
    return { traceId, spans, lateSpanIds: lateSpanIds(stored, this.#quietNanos) };
  }

  async #spans(condition: string): Promise<StoredSpan[]> {
    const sql = `select ${SPAN_COLUMNS} from culprit.spans where tenant = '' and ${condition} ${BY_TRACE}`;
    return readSpans(await this.#engine.select(sql));
  }
}

function placeCondition(after: TracePlace | undefined): string {
  if (after === undefined) return "";
  const latest = clampUint64(after.latestUnixNano);
  const id = quoteHex(after.traceId);
  return `having latest < ${latest} or (latest = ${latest} and trace_id > ${id})`;
}
