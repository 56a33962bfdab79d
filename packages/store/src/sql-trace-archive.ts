// TraceArchive in SQL: a table that retention does not touch, with copies of the rows of spans.

import type { Engine } from "./engine.ts";
import type { StoredSpan } from "./late-spans.ts";
import { selectRows } from "./native-rows.ts";
import { readSpans, SPAN_COLUMNS } from "./span-rows.ts";
import { StoreUnavailable } from "./span-writer.ts";
import { quoteHex } from "./sql.ts";
import type { TraceArchive } from "./trace-archive.ts";

const COLUMNS = `tenant, service, ${SPAN_COLUMNS}`;

/**
 * An empty archive is not asked again for so long: most are, and the question would cost each trace by id a third of its
 * time. What another server archives first is found by its id that much later, and only once it has expired.
 */
const EMPTY_FOR_MS = 1000;

export class SqlTraceArchive implements TraceArchive {
  readonly #engine: Engine;
  #emptyUntilMs = 0;
  #hasRows = false;
  #archiving: Promise<unknown> = Promise.resolve();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  archive(traceId: string): Promise<boolean> {
    // One after the other: the same trace twice at once would be kept twice.
    const archived = this.#archiving.then(() => this.#archive(traceId));
    this.#archiving = archived.catch(() => undefined);
    return archived;
  }

  async #archive(traceId: string): Promise<boolean> {
    const ofTrace = `tenant = '' and trace_id = ${quoteHex(traceId)}`;
    try {
      await this.#engine.command(
        `insert into culprit.archived_spans (${COLUMNS}) select ${COLUMNS} from culprit.spans where ${ofTrace}
         and (received_unix_nano, span_id) not in
           (select received_unix_nano, span_id from culprit.archived_spans where ${ofTrace})`,
      );
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new StoreUnavailable(`the trace could not be archived: ${reason}`, { cause });
    }
    const isArchived = await this.#holdsRows(`where ${ofTrace}`);
    if (isArchived) this.#hasRows = true;
    return isArchived;
  }

  /** Archived spans of a trace, in no promised order. */
  async spans(traceId: string): Promise<readonly StoredSpan[]> {
    if (await this.#isEmpty()) return [];
    const sql = `select ${SPAN_COLUMNS} from culprit.archived_spans where tenant = ''
      and trace_id = ${quoteHex(traceId)} settings max_threads = 1`;
    return readSpans(await this.#engine.select(sql));
  }

  async #isEmpty(): Promise<boolean> {
    if (this.#hasRows) return false;
    if (performance.now() < this.#emptyUntilMs) return true;
    if (await this.#holdsRows("")) this.#hasRows = true;
    else this.#emptyUntilMs = performance.now() + EMPTY_FOR_MS;
    return !this.#hasRows;
  }

  async #holdsRows(where: string): Promise<boolean> {
    const sql = `select count() as spans from culprit.archived_spans ${where}`;
    const [row] = await selectRows(this.#engine, sql);
    return Number(row?.["spans"] ?? 0) > 0;
  }
}

/**
 * All spans of a trace, of which some may be archived and some may have expired. Spans of one arrival expire together, so
 * an archived one counts where nothing of its arrival and id is left.
 */
export function withArchived(
  stored: readonly StoredSpan[],
  archived: readonly StoredSpan[],
): readonly StoredSpan[] {
  if (archived.length === 0) return stored;
  const left = new Set(stored.map(keyOf));
  return [...stored, ...archived.filter((span) => !left.has(keyOf(span)))];
}

function keyOf({ span, receivedUnixNano }: StoredSpan): string {
  return `${receivedUnixNano} ${span.spanId}`;
}
