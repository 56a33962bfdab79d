// DependencyReader in SQL, for every engine: calls as verdicts know them, and the spans of traces whose verdicts do not:
// those that are not judged yet (the newest seconds), and those that were judged before verdicts knew calls.

import { setImmediate } from "node:timers/promises";
import { StatusCode, type UnixNanos } from "@culprit/trace-model";
import type { TimeRange } from "./cohort-reader.ts";
import { readWholeTraceRows, traceEnd, WHOLE_TRACE_ORDER } from "./cohort-rows.ts";
import { CohortTrace } from "./cohort-trace.ts";
import type { Dependency, DependencyReader } from "./dependency-reader.ts";
import { DependencySums } from "./dependency-sums.ts";
import { bucketOf } from "./duration-histogram.ts";
import type { Engine } from "./engine.ts";
import { readNative, selectRows } from "./native-rows.ts";
import type { RepeatedStrings } from "./native-strings.ts";
import { LENGTH } from "./span-conditions.ts";
import { startsIn } from "./start-ranges.ts";
import { CURRENT } from "./verdict-condition.ts";
import { around, inWindow, latest, verdictRows } from "./verdict-rows.ts";

/** Of one statement, which reads all that lies in the range: some 40 MB of answer. */
const SPANS_A_STATEMENT = 500_000;
/** Put together without a pause: some 20 ms. */
const ROWS_AT_ONCE = 50_000;

/** How far around the spans that tell of a trace its others are looked for. */
const MARGIN = 3_600_000_000_000n;

const HASH = "cityHash64(trace_id)";

/** Traces of this many spans are not judged, and would not fit into memory. */
const TOO_MANY_SPANS = 400_000;
const CAN_BE_JUDGED =
  "trace_id not in (select trace_id from culprit.verdicts where tenant = '' and not_judged != '')";

/** Traces whose calls are to be read from their spans. */
interface UnknownCalls {
  /** A statement that selects those of them that meet a condition. */
  readonly traceIds: (condition: string) => string;
  readonly spanCount: number;
  /** Their spans start near it. */
  readonly range: TimeRange;
}

export class SqlDependencyReader implements DependencyReader {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async dependencies(query: {
    readonly startMinUnixNano: UnixNanos;
    readonly startMaxUnixNano: UnixNanos;
    readonly service?: string;
  }): Promise<readonly Dependency[]> {
    const window = {
      fromUnixNano: query.startMinUnixNano,
      toUnixNano: query.startMaxUnixNano + 1n,
    };
    // Both bounds stay as they are now, while spans arrive and are judged.
    const judged = await latest(this.#engine, "judged_until_unix_nano", "verdict_progress");
    const last = await latest(this.#engine, "received_unix_nano", "spans");
    const arrived = [
      "tenant = ''",
      `received_unix_nano > ${judged}`,
      `received_unix_nano <= ${last}`,
      ...around(window),
      CAN_BE_JUDGED,
    ].join(" and ");
    const unjudged = await this.#unjudged(arrived);
    const rows = [
      ...inWindow(window),
      CURRENT,
      ...(unjudged === undefined
        ? []
        : [`trace_id not in (select trace_id from culprit.spans where ${arrived})`]),
    ].join(" and ");
    const sums = new DependencySums();
    await this.#addKnown(sums, `${rows} and calls_known = 1`);
    for (const unknown of [unjudged, await this.#olderVerdicts(rows, window)]) {
      if (unknown !== undefined) await this.#addFromSpans(sums, unknown, window);
    }
    return sums.dependencies(query.service);
  }

  async #unjudged(arrived: string): Promise<UnknownCalls | undefined> {
    const [row] = await selectRows(
      this.#engine,
      `select count() as spans, min(start_unix_nano) as first, max(start_unix_nano) as last
       from culprit.spans where ${arrived}`,
    );
    const spanCount = Number(row?.["spans"] ?? 0);
    if (spanCount === 0) return undefined;
    const range = {
      fromUnixNano: BigInt(row?.["first"] ?? 0),
      toUnixNano: BigInt(row?.["last"] ?? 0),
    };
    return {
      traceIds: (condition) =>
        `select trace_id from culprit.spans where ${arrived} and ${condition}
         group by trace_id having count() < ${TOO_MANY_SPANS}`,
      spanCount,
      range,
    };
  }

  async #olderVerdicts(rows: string, range: TimeRange): Promise<UnknownCalls | undefined> {
    const where = `${rows} and calls_known = 0`;
    const [row] = await selectRows(
      this.#engine,
      `select sum(span_count) as spans from culprit.verdicts where ${where}`,
    );
    const spanCount = Number(row?.["spans"] ?? 0);
    if (spanCount === 0) return undefined;
    return {
      traceIds: (condition) =>
        `select trace_id from culprit.verdicts where ${where} and ${condition}`,
      spanCount,
      range,
    };
  }

  async #addKnown(sums: DependencySums, where: string): Promise<void> {
    const answer = await this.#engine.select(
      `select parent, child, toUInt32(outcome) as outcome, count() as calls
       from (select call_parents, call_children, call_outcomes from ${await verdictRows(this.#engine, where)})
       array join call_parents as parent, call_children as child, call_outcomes as outcome
       group by parent, child, outcome`,
    );
    for (const { rows, columns } of readNative(answer)) {
      if (rows === 0) continue;
      // The statement selected them.
      const parent = columns.get("parent") as RepeatedStrings;
      const child = columns.get("child") as RepeatedStrings;
      const outcome = columns.get("outcome") as Uint32Array;
      const calls = columns.get("calls") as BigUint64Array;
      for (let row = 0; row < rows; row++) {
        const code = outcome[row] as number;
        sums.add(
          parent.at(row) as string,
          child.at(row) as string,
          code >>> 1,
          (code & 1) === 1,
          Number(calls[row]),
        );
      }
    }
  }

  async #addFromSpans(
    sums: DependencySums,
    { traceIds, spanCount, range }: UnknownCalls,
    window: TimeRange,
  ): Promise<void> {
    const shares = Math.ceil(spanCount / SPANS_A_STATEMENT);
    for (let i = 0; i < shares; i++) {
      const share = `${HASH} % ${shares} = ${i}`;
      const answer = await this.#engine.select(
        `select trace_id, span_id, parent_span_id, start_unix_nano, ${LENGTH} as length, service, kind,
           toUInt8(status_code = ${StatusCode.error}) as errs
         from culprit.spans
         where tenant = '' and ${startsIn([range], MARGIN)} and ${share} and trace_id in (${traceIds(share)})
         ${WHOLE_TRACE_ORDER}`,
      );
      await addCalls(sums, answer, window);
    }
  }
}

/** Of the traces whose root starts in the window. */
async function addCalls(
  sums: DependencySums,
  answer: Uint8Array,
  window: TimeRange,
): Promise<void> {
  const rows = readWholeTraceRows(answer);
  const { service, length, errs } = rows;
  const trace = new CohortTrace(rows);
  let pause = ROWS_AT_ONCE;
  for (let from = 0; from < rows.count; ) {
    if (from >= pause) {
      await setImmediate();
      pause = from + ROWS_AT_ONCE;
    }
    const to = traceEnd(rows, from);
    trace.read(from, to);
    from = to;
    const rootStart = rows.start[trace.root] as bigint;
    if (rootStart < window.fromUnixNano || rootStart >= window.toUnixNano) continue;
    for (const row of trace.order) {
      const parent = trace.parentRow(row);
      if (parent < 0) continue;
      const bucket = bucketOf(Number(length[row] as bigint));
      sums.add(service[parent] as string, service[row] as string, bucket, errs[row] === 1, 1);
    }
  }
}
