// CohortReader in SQL, for every engine.
//
// First the traces and spans of each group are counted, which says whether they must be sampled and into how many
// statements they are split (by a hash of the trace's id: a trace is never torn). The statement finds traces with any
// span in the ranges and reads them whole; whether the root lies in a range is decided on the columns.

import { attributeCondition } from "./attribute-condition.ts";
import { CohortColumns } from "./cohort-columns.ts";
import { CohortPairs } from "./cohort-pairs.ts";
import type { Cohort, CohortQuery, CohortReader, TimeRange } from "./cohort-reader.ts";
import { WHOLE_TRACE_ORDER } from "./cohort-rows.ts";
import type { Engine } from "./engine.ts";
import { FAILING } from "./failing-answer.ts";
import { selectRows } from "./native-rows.ts";
import { LENGTH, spanConditions } from "./span-conditions.ts";
import { quote } from "./sql.ts";
import { startsIn } from "./start-ranges.ts";

const MAX_TRACES = 20_000;
const MAX_SPANS = 1_000_000;
/** Spans of one statement: some tens of megabytes of answer, read in about a second. */
const SPANS_A_STATEMENT = 250_000;

/** How far outside the ranges the other spans of a trace are looked for, see CohortReader. */
const MARGIN = 3_600_000_000_000n;

const HASH = "cityHash64(trace_id)";

interface Part {
  readonly group: number;
  readonly ranges: readonly TimeRange[];
  /** Condition on a trace's id. */
  readonly share: string;
}

export class SqlCohortReader implements CohortReader {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async cohort(query: CohortQuery): Promise<Cohort> {
    const { onProgress = () => undefined } = query;
    onProgress(0);
    const sampledOneIn: number[] = [];
    const parts: Part[] = [];
    let spanCount = 0;
    for (const [group, ranges] of query.groups.entries()) {
      const { oneIn, statements, spans } = await this.#plan(query, ranges);
      spanCount += spans / oneIn;
      sampledOneIn.push(oneIn);
      for (let i = 0; i < statements; i++) {
        parts.push({ group, ranges, share: `${HASH} % ${oneIn * statements} = ${i * oneIn}` });
      }
    }
    const columns = new CohortColumns();
    // Counting, and each part once for its spans and once for its attributes.
    const steps = 2 + 2 * parts.length;
    let done = 1;
    for await (const [part, answer] of this.#answers(parts, (p) => spansStatement(query, p))) {
      columns.add(answer, part.group, part.ranges);
      onProgress(done++ / steps);
    }
    const pairs = new CohortPairs(columns.traceIds);
    const keys = parts.length === 0 ? [] : await this.#tellingKeys(query, parts, spanCount);
    onProgress(done++ / steps);
    const telling = keys.length === 0 ? [] : parts;
    for await (const [, answer] of this.#answers(telling, (p) =>
      attributesStatement(query, p, keys),
    )) {
      pairs.add(answer);
      onProgress(done++ / steps);
    }
    onProgress(1);
    return { columns: columns.columns(), attributes: pairs.attributes(), sampledOneIn };
  }

  /** The engine works on the next statement while the answer to one is taken in. */
  async *#answers(
    parts: readonly Part[],
    statement: (part: Part) => string,
  ): AsyncGenerator<readonly [Part, Uint8Array]> {
    let next: Promise<Uint8Array> | undefined;
    for (const [index, part] of parts.entries()) {
      const answer = await (next ?? this.#engine.select(statement(part)));
      const following = parts[index + 1];
      next = following === undefined ? undefined : this.#engine.select(statement(following));
      // A failure is told where it is awaited.
      next?.catch(() => undefined);
      yield [part, answer];
    }
  }

  /** A key whose values are as good as one a trace (ids, times) tells nothing; neither does one of a thousand values. */
  async #tellingKeys(
    query: CohortQuery,
    parts: readonly Part[],
    spanCount: number,
  ): Promise<string[]> {
    const oneIn = spanCount > KEY_SAMPLE_FROM_SPANS ? KEY_SAMPLE : 1;
    const where = parts.map((part) => `(${wholeTraces(query, part)})`).join(" or ");
    const rows = await selectRows(
      this.#engine,
      `select k, uniq(v) as values, uniq(trace_id) as traces from culprit.spans
       array join mapKeys(attributes) as k, mapValues(attributes) as v
       where ${oneIn === 1 ? "" : `intDiv(${HASH}, 4294967296) % ${oneIn} = 0 and `}(${where})
       group by k having values <= ${MAX_VALUES} and (values * 2 <= traces or traces < 20)`,
    );
    return rows.map((row) => String(row["k"]));
  }

  async #plan(
    query: CohortQuery,
    ranges: readonly TimeRange[],
  ): Promise<{ oneIn: number; statements: number; spans: number }> {
    const { maxTraces = MAX_TRACES, maxSpans = MAX_SPANS } = query;
    if (ranges.length === 0) return { oneIn: 1, statements: 0, spans: 0 };
    const [row] = await selectRows(
      this.#engine,
      `select uniq(trace_id) as traces, count() as spans from culprit.spans
       where tenant = '' and ${startsIn(ranges, 0n)}${narrowed(query, ranges)}`,
    );
    const traces = Number(row?.["traces"] ?? 0);
    const spans = Number(row?.["spans"] ?? 0);
    const oneIn = Math.max(1, Math.ceil(traces / maxTraces), Math.ceil(spans / maxSpans));
    return { oneIn, statements: Math.ceil(spans / oneIn / SPANS_A_STATEMENT), spans };
  }
}

const MAX_VALUES = 1000;
/** Of more spans than these, the values of keys are counted in one trace of so many, by another part of the hash. */
const KEY_SAMPLE_FROM_SPANS = 100_000;
const KEY_SAMPLE = 8;

function spansStatement(query: CohortQuery, part: Part): string {
  const mark = query.mark === undefined ? "0" : attributeCondition(query.mark);
  return `
    select trace_id, span_id, parent_span_id, start_unix_nano, ${LENGTH} as length, service, name, resource, kind,
      toUInt8(${FAILING}) as errs, toUInt8(${mark}) as marked
    from culprit.spans where ${wholeTraces(query, part)} ${WHOLE_TRACE_ORDER}`;
}

function attributesStatement(query: CohortQuery, part: Part, keys: readonly string[]): string {
  return `
    select k, v, groupUniqArray(reinterpretAsUInt64(reverse(substring(trace_id, 9, 8)))) as traces from culprit.spans
    array join mapKeys(attributes) as k, mapValues(attributes) as v
    where ${wholeTraces(query, part)} and k in (${keys.map(quote).join(", ")})
    group by k, v`;
}

function wholeTraces(query: CohortQuery, { ranges, share }: Part): string {
  return `tenant = '' and ${startsIn(ranges, MARGIN)} and ${share} and trace_id in (
    select trace_id from culprit.spans
    where tenant = '' and ${startsIn(ranges, 0n)} and ${share}${narrowed(query, ranges)})`;
}

function narrowed({ conditions: wanted }: CohortQuery, ranges: readonly TimeRange[]): string {
  if (wanted === undefined || Object.keys(wanted).length === 0) return "";
  return ` and trace_id in (
    select trace_id from culprit.spans
    where ${startsIn(ranges, MARGIN)} and ${spanConditions(wanted).join(" and ")})`;
}
