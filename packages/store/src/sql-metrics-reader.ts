// MetricsReader in SQL, for every engine.
//
// A span counts at all points from the first one not before its start up to the first one that is `ratePer` after it.
// The engine counts spans by these two points (and by the bucket of their duration), which is exact for any step; then
// one walk over the points adds what enters and takes away what leaves. So a point costs the same whether its window
// holds one step or a thousand.

import { StatusCode } from "@culprit/trace-model";
import { bucketSql, DurationHistogram } from "./duration-histogram.ts";
import type { Engine } from "./engine.ts";
import { joined } from "./joined-columns.ts";
import type {
  CallCounts,
  CallLatencies,
  MetricSeries,
  MetricsQuery,
  MetricsReader,
} from "./metrics-reader.ts";
import { type NativeBlock, readNative, selectRows } from "./native-rows.ts";
import type { RepeatedStrings } from "./native-strings.ts";
import { LENGTH } from "./span-conditions.ts";
import { quote } from "./sql.ts";
import { startsIn } from "./start-ranges.ts";

/** Spans that enter and leave at the same points and that the measure does not tell apart are one row. */
interface Rows {
  /** By series, then `enter`, then `leave`: within a series both ascend. */
  readonly enter: Uint32Array;
  readonly leave: Uint32Array;
  readonly measure: Uint32Array;
  readonly count: Uint32Array;
  readonly series: readonly Series[];
}

interface Series extends MetricSeries {
  readonly from: number;
  to: number;
}

export class SqlMetricsReader implements MetricsReader {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async calls(query: MetricsQuery): Promise<readonly CallCounts[]> {
    const rows = await this.#rows(query, `status_code = ${StatusCode.error}`);
    return rows.series.map((series) => {
      const callCounts = new Uint32Array(query.pointCount);
      const errorCounts = new Uint32Array(query.pointCount);
      let calls = 0;
      let errors = 0;
      walk(rows, series, query.pointCount, {
        change(isError, count) {
          calls += count;
          if (isError === 1) errors += count;
        },
        point(at) {
          callCounts[at] = calls;
          errorCounts[at] = errors;
        },
      });
      return { ...named(series), callCounts, errorCounts };
    });
  }

  async latencies(query: MetricsQuery, quantile: number): Promise<readonly CallLatencies[]> {
    const rows = await this.#rows(query, bucketSql(LENGTH));
    return rows.series.map((series) => {
      const latencyNanos = new Float64Array(query.pointCount);
      const durations = new DurationHistogram();
      walk(rows, series, query.pointCount, {
        change: (bucket, count) => durations.add(bucket, count),
        point(at) {
          latencyNanos[at] = durations.count === 0 ? Number.NaN : durations.quantile(quantile);
        },
      });
      return { ...named(series), latencyNanos };
    });
  }

  /** @param measure of a span, in SQL */
  async #rows(query: MetricsQuery, measure: string): Promise<Rows> {
    const where = conditions(query);
    const [row] = await selectRows(
      this.#engine,
      `select count() as spans, uniqExact(reinterpretAsUInt64(span_id)) as ids
       from culprit.spans where ${where}`,
    );
    // Copies are seldom, and to look for them is three times the work: where no two spans have one id, there are none.
    const spans =
      row?.["spans"] === row?.["ids"]
        ? `culprit.spans where ${where}`
        : `(select * from culprit.spans where ${where} limit 1 by trace_id, span_id, kind)`;
    const { enter, leave } = points(query);
    const operation = query.byOperation ? "name" : "toLowCardinality('')";
    const answer = await this.#engine.select(
      `select service, ${operation} as operation, toUInt32(${enter}) as enter, toUInt32(${leave}) as leave,
         toUInt32(${measure}) as measure, toUInt32(count()) as calls
       from ${spans}
       group by service, operation, enter, leave, measure having enter < leave
       order by service, operation, enter, leave`,
    );
    return rowsOf([...readNative(answer)].filter(({ rows }) => rows > 0));
  }
}

function conditions(query: MetricsQuery): string {
  const { services, kinds, firstUnixNano, stepNanos, pointCount, ratePerNanos } = query;
  const last = firstUnixNano + BigInt(pointCount - 1) * stepNanos;
  const range = { fromUnixNano: firstUnixNano - ratePerNanos + 1n, toUnixNano: last + 1n };
  return [
    "tenant = ''",
    startsIn([range], 0n),
    `service in (${services.map(quote).join(", ")})`,
    `kind in (${kinds.map((kind) => kind | 0).join(", ")})`,
  ].join(" and ");
}

/** First point that counts a span, and first one that does not any more. */
function points(query: MetricsQuery): { enter: string; leave: string } {
  const { firstUnixNano, stepNanos, pointCount, ratePerNanos } = query;
  return {
    enter: `if(start_unix_nano <= ${firstUnixNano}, 0, intDiv(${since(firstUnixNano)} - 1, ${stepNanos}) + 1)`,
    leave: `least(${pointCount}, intDiv(${since(firstUnixNano - ratePerNanos)} - 1, ${stepNanos}) + 1)`,
  };
}

/** Of a span that starts after the moment, which may lie before 1970. */
function since(moment: bigint): string {
  return moment < 0n ? `(start_unix_nano + ${-moment})` : `(start_unix_nano - ${moment})`;
}

function rowsOf(blocks: readonly NativeBlock[]): Rows {
  // The statement selected them.
  const numbers = (name: string): Uint32Array =>
    joined(
      Uint32Array,
      blocks.map(({ columns }) => columns.get(name) as Uint32Array),
    );
  const series: Series[] = [];
  let at = 0;
  for (const { rows, columns } of blocks) {
    const services = columns.get("service") as RepeatedStrings;
    const operations = columns.get("operation") as RepeatedStrings;
    for (let row = 0; row < rows; row++, at++) {
      const service = services.at(row) as string;
      const operation = operations.at(row) as string;
      let current = series.at(-1);
      if (current?.service !== service || current.operation !== operation) {
        current = { service, operation, from: at, to: at };
        series.push(current);
      }
      current.to = at + 1;
    }
  }
  return {
    enter: numbers("enter"),
    leave: numbers("leave"),
    measure: numbers("measure"),
    count: numbers("calls"),
    series,
  };
}

function named({ service, operation }: Series): MetricSeries {
  return { service, operation };
}

interface Walker {
  /** @param count below 0 for what leaves */
  change(measure: number, count: number): void;
  point(at: number): void;
}

function walk(
  { enter, leave, measure, count }: Rows,
  { from, to }: Series,
  pointCount: number,
  { change, point }: Walker,
): void {
  let entering = from;
  let leaving = from;
  for (let at = 0; at < pointCount; at++) {
    for (; entering < to && enter[entering] === at; entering++) {
      change(measure[entering] as number, count[entering] as number);
    }
    for (; leaving < to && leave[leaving] === at; leaving++) {
      change(measure[leaving] as number, -(count[leaving] as number));
    }
    point(at);
  }
}
