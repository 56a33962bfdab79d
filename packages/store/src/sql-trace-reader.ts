// TraceReader in SQL, for every engine.

import type { DurationNanos } from "@culprit/trace-model";
import type { Engine } from "./engine.ts";
import { lateSpanIds, type StoredSpan } from "./late-spans.ts";
import { selectRows } from "./native-rows.ts";
import { readSpans, SPAN_COLUMNS } from "./span-rows.ts";
import { quote, quoteHex } from "./sql.ts";
import { type SqlTraceArchive, withArchived } from "./sql-trace-archive.ts";
import type {
  Operation,
  OperationQuery,
  StoredTrace,
  TracePlace,
  TraceQuery,
  TraceReader,
} from "./trace-reader.ts";
import { searchTraces } from "./trace-search.ts";

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

  findTraces(query: TraceQuery): Promise<readonly TracePlace[]> {
    return searchTraces(this.#engine, query);
  }

  async trace(traceId: string): Promise<StoredTrace | undefined> {
    const [stored, archived] = await Promise.all([
      this.#spans([traceId], Number.POSITIVE_INFINITY),
      this.#archive.spans(traceId),
    ]);
    const spans = withArchived(stored, archived);
    return spans.length === 0 ? undefined : this.#storedTrace(traceId, spans);
  }

  async traces(
    traceIds: readonly string[],
    maxSpans: number,
  ): Promise<readonly StoredTrace[] | undefined> {
    const spans: StoredSpan[] = [];
    for (let i = 0; i < traceIds.length; i += IDS_A_STATEMENT) {
      const ids = traceIds.slice(i, i + IDS_A_STATEMENT);
      // One more tells that it would be too many.
      for (const span of await this.#spans(ids, maxSpans - spans.length + 1)) spans.push(span);
      if (spans.length > maxSpans) return undefined;
    }
    const byTrace = Map.groupBy(spans, ({ span }) => span.traceId);
    return traceIds.flatMap((traceId) => {
      const stored = byTrace.get(traceId);
      return stored === undefined ? [] : [this.#storedTrace(traceId, stored)];
    });
  }

  #storedTrace(traceId: string, stored: readonly StoredSpan[]): StoredTrace {
    const spans = stored.map(({ span }) => span);
    return { traceId, spans, lateSpanIds: lateSpanIds(stored, this.#quietNanos) };
  }

  async #spans(traceIds: readonly string[], limit: number): Promise<StoredSpan[]> {
    const answer = await this.#engine.select(
      `select ${SPAN_COLUMNS} from culprit.spans
       where tenant = '' and trace_id in (${traceIds.map(quoteHex).join(", ")})
       ${Number.isFinite(limit) ? `limit ${limit}` : ""} ${BY_TRACE}`,
    );
    return readSpans(answer);
  }
}
