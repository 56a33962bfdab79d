// TraceReader in SQL, for every engine.

import type { Span } from "@culprit/trace-model";
import { attributeCondition } from "./attribute-condition.ts";
import type { Engine } from "./engine.ts";
import { selectRows } from "./native-rows.ts";
import { readSpans, SPAN_COLUMNS } from "./span-rows.ts";
import { quote, quoteHex } from "./sql.ts";
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

/** Nanoseconds, exact up to 2^64-1 (duration_nano is modulo 2^64); a span that ends before it starts has no length. */
export const LENGTH: string =
  "if(start_unix_nano + toUInt64(duration_nano) < start_unix_nano, 0, toUInt64(duration_nano))";

export class SqlTraceReader implements TraceReader {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
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
       where ${conditions(query).join(" and ")}
       group by trace_id ${placeCondition(query.after)}
       order by latest desc, trace_id limit ${Math.max(1, query.limit | 0)}`,
    );
    if (rows.length === 0) return [];
    const places = rows.map((row) => ({
      traceId: String(row["trace_id"]),
      latestUnixNano: BigInt(row["latest"] ?? 0),
    }));
    const spans: Span[] = [];
    for (let i = 0; i < places.length; i += IDS_A_STATEMENT) {
      const ids = places.slice(i, i + IDS_A_STATEMENT).map(({ traceId }) => quoteHex(traceId));
      for (const span of await this.#spans(`trace_id in (${ids.join(", ")})`)) spans.push(span);
    }
    const byTrace = Map.groupBy(spans, (span) => span.traceId);
    return places.map((place) => ({ ...place, spans: byTrace.get(place.traceId) ?? [] }));
  }

  async trace(traceId: string): Promise<StoredTrace | undefined> {
    const spans = await this.#spans(`trace_id = ${quoteHex(traceId)}`);
    return spans.length === 0 ? undefined : { traceId, spans };
  }

  async #spans(condition: string): Promise<Span[]> {
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

export function conditions(query: Omit<TraceQuery, "limit">): string[] {
  const where = ["tenant = ''"];
  if (query.service !== undefined) where.push(`service = ${quote(query.service)}`);
  if (query.operation !== undefined) where.push(`name = ${quote(query.operation)}`);
  if (query.startMinUnixNano !== undefined) {
    where.push(`start_unix_nano >= ${clampUint64(query.startMinUnixNano)}`);
  }
  if (query.startMaxUnixNano !== undefined) {
    where.push(`start_unix_nano <= ${clampUint64(query.startMaxUnixNano)}`);
  }
  if (query.durationMinNanos !== undefined) {
    where.push(`${LENGTH} >= ${wholeNanos(Math.ceil(query.durationMinNanos))}`);
  }
  if (query.durationMaxNanos !== undefined) {
    where.push(`${LENGTH} <= ${wholeNanos(Math.floor(query.durationMaxNanos))}`);
  }
  for (const filter of query.attributes ?? []) where.push(attributeCondition(filter));
  return where;
}

function wholeNanos(nanos: number): bigint {
  return clampUint64(BigInt(Math.min(nanos, 2 ** 64)));
}

function clampUint64(value: bigint): bigint {
  return value < 0n ? 0n : BigInt.asUintN(64, value) === value ? value : 2n ** 64n - 1n;
}
