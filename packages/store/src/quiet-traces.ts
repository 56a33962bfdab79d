// Which traces have gone quiet, and their spans: questions about arrival, asked of the database alone, so that nothing
// is forgotten when a process ends and what was stored before anybody judged is found like anything else.
//
// A window (after, until] of arrivals gives the traces whose last span arrived in it: those with a span in the window and
// none in the quiet that follows it. (One that comes later still finds the trace judged, and makes it judged again.)
// A window is read piece by piece, each a range of trace ids: the table is sorted by time and trace id, so that a
// piece lies together.

import type { DurationNanos, UnixNanos } from "@culprit/trace-model";
import type { Engine } from "./engine.ts";
import { selectRows } from "./native-rows.ts";
import { SPAN_COLUMNS } from "./span-rows.ts";
import { quoteHex } from "./sql.ts";

/** Of arrivals; `after` lies outside, `until` inside. */
export interface ArrivalWindow {
  readonly after: UnixNanos;
  readonly until: UnixNanos;
  /** Spans in it. */
  readonly spanCount: number;
}

/** Trace ids from one to another, both inside. */
export interface TracePiece {
  readonly window: ArrivalWindow;
  readonly firstTraceId: string;
  readonly lastTraceId: string;
}

const PORTION_ROWS = 200_000;

export class QuietTraces {
  readonly #engine: Pick<Engine, "select">;
  readonly #quietNanos: bigint;

  constructor(engine: Pick<Engine, "select">, quietNanos: DurationNanos) {
    this.#engine = engine;
    this.#quietNanos = BigInt(Math.round(quietNanos));
  }

  /** First and last arrival of all; undefined when there is none. Answered from what parts know of themselves. */
  async arrivals(): Promise<{ first: UnixNanos; last: UnixNanos } | undefined> {
    const [row] = await selectRows(
      this.#engine,
      `select min(received_unix_nano) as first, max(received_unix_nano) as last, count() as rows
       from culprit.spans`,
    );
    if (row === undefined || row["rows"] === 0n) return undefined;
    return { first: BigInt(row["first"] ?? 0), last: BigInt(row["last"] ?? 0) };
  }

  /** The first arrival after a moment; undefined when there is none. */
  async nextArrival(after: UnixNanos): Promise<UnixNanos | undefined> {
    const [row] = await selectRows(
      this.#engine,
      `select min(received_unix_nano) as next, count() as rows from culprit.spans
       where tenant = '' and received_unix_nano > ${after}`,
    );
    return row === undefined || row["rows"] === 0n ? undefined : BigInt(row["next"] ?? 0);
  }

  /** As much of (after, limit] as holds no more than `maxSpans`, but at least one arrival. */
  async window(after: UnixNanos, limit: UnixNanos, maxSpans: number): Promise<ArrivalWindow> {
    const rows = await selectRows(
      this.#engine,
      `select received_unix_nano as at, count() as spans from culprit.spans
       where tenant = '' and ${inWindow(after, limit)} group by at order by at`,
    );
    let spanCount = 0;
    let until = limit;
    for (const [i, row] of rows.entries()) {
      const spans = Number(row["spans"]);
      if (i > 0 && spanCount + spans > maxSpans) {
        until = BigInt(row["at"] ?? 0) - 1n;
        break;
      }
      spanCount += spans;
    }
    return { after, until, spanCount };
  }

  /** Ranges of the window's trace ids, of about as many spans each, `pieceSpans` of the window at most. */
  async pieces(window: ArrivalWindow, pieceSpans: number): Promise<readonly TracePiece[]> {
    if (window.spanCount === 0) return [];
    const size = Math.ceil(window.spanCount / Math.ceil(window.spanCount / pieceSpans));
    const rows = await selectRows(
      this.#engine,
      `select min(trace_id) as first, max(trace_id) as last,
         intDiv(before, ${size}) as piece
       from (
         select trace_id, sum(spans) over (order by trace_id) - spans as before
         from (
           select trace_id, count() as spans from culprit.spans
           where tenant = '' and ${inWindow(window.after, window.until)} group by trace_id
         )
       ) group by piece order by piece`,
    );
    return rows.map((row) => ({
      window,
      firstTraceId: String(row["first"]),
      lastTraceId: String(row["last"]),
    }));
  }

  /**
   * Spans of the piece's traces that arrived after `since` and not after the quiet that follows the window, no more than
   * `maxSpans`: as the engine answers, for `readTraces`. Those of traces that are not quiet yet are among them: to leave
   * them out costs the engine more than to answer them, since it would look at all that came in the quiet. The range of
   * ids has chosen the granules: to look for each of them in the index as well costs a fifth of the answer and passes
   * none by.
   */
  spans(piece: TracePiece, since: UnixNanos, maxSpans: number): Promise<Uint8Array> {
    return this.#engine.select(
      `select ${SPAN_COLUMNS} from culprit.spans
       where ${inPiece(piece)} and ${inWindow(since, piece.window.until + this.#quietNanos)} limit ${maxSpans}
       settings max_threads = 1, use_index_for_in_with_subqueries = 0`,
    );
  }

  /** All spans of some traces, no more than `maxSpans`, as `spans` answers. */
  wholeTraces(traceIds: readonly string[], maxSpans: number): Promise<Uint8Array> {
    return this.#engine.select(
      `select ${SPAN_COLUMNS} from culprit.spans
       where tenant = '' and trace_id in (${traceIds.map(quoteHex).join(", ")}) limit ${maxSpans}
       settings min_table_rows_to_use_projection_index = 0`,
    );
  }

  /** Ids of all traces that have a row in the table of verdicts, in bounded portions; some come twice. */
  async *judgedTraces(): AsyncGenerator<readonly string[]> {
    const days = await selectRows(
      this.#engine,
      `select partition, sum(rows) as rows from system.parts
       where database = 'culprit' and table = 'verdicts' and active group by partition`,
    );
    for (const day of days) {
      const portions = Math.ceil(Number(day["rows"]) / PORTION_ROWS);
      for (let i = 0; i < portions; i++) {
        const rows = await selectRows(
          this.#engine,
          `select trace_id from culprit.verdicts
           where toDate(toDateTime(intDiv(received_unix_nano, 1000000000), 'UTC')) = '${day["partition"]}'
           and sipHash64(trace_id) % ${portions} = ${i}`,
        );
        yield rows.map((row) => String(row["trace_id"]));
      }
    }
  }

  /** The piece's quiet traces with the number of their spans, and their last arrival. */
  async traces(
    piece: TracePiece,
  ): Promise<readonly { traceId: string; spanCount: number; lastArrival: UnixNanos }[]> {
    const rows = await selectRows(
      this.#engine,
      `select trace_id, count() as spans, max(received_unix_nano) as last from culprit.spans
       where ${this.#quiet(piece)} group by trace_id order by trace_id`,
    );
    return rows.map((row) => ({
      traceId: String(row["trace_id"]),
      spanCount: Number(row["spans"]),
      lastArrival: BigInt(row["last"] ?? 0),
    }));
  }

  #quiet(piece: TracePiece): string {
    const { until } = piece.window;
    return `${inPiece(piece)} and trace_id not in ${came(piece, until, until + this.#quietNanos)}`;
  }
}

/** That a span of its trace arrived in the window. */
function inPiece(piece: TracePiece): string {
  const { after, until } = piece.window;
  return `tenant = '' and ${inRange(piece)} and trace_id in ${came(piece, after, until)}`;
}

function inRange({ firstTraceId, lastTraceId }: TracePiece): string {
  return `trace_id >= ${quoteHex(firstTraceId)} and trace_id <= ${quoteHex(lastTraceId)}`;
}

function came(piece: TracePiece, after: UnixNanos, until: UnixNanos): string {
  return `(select trace_id from culprit.spans where tenant = '' and ${inRange(piece)} and ${inWindow(after, until)})`;
}

function inWindow(after: UnixNanos, until: UnixNanos): string {
  return `received_unix_nano > ${after} and received_unix_nano <= ${until}`;
}
