// VerdictReader in SQL, for every engine.

import type { Engine } from "./engine.ts";
import { type FixedStrings, type NativeBlock, readNative } from "./native-rows.ts";
import type { Strings } from "./native-strings.ts";
import { spanConditions } from "./span-conditions.ts";
import { clampUint64, quoteHex } from "./sql.ts";
import { CURRENT, verdictConditions } from "./verdict-condition.ts";
import type { StoredVerdict, VerdictQuery, VerdictReader } from "./verdict-store.ts";

/** Verdicts of one answer: some megabytes. */
const PAGE = 10_000;

const COLUMNS =
  "trace_id, start_unix_nano, duration_nano, received_unix_nano, analysis_version, span_count, error_span_count, " +
  "root_service, root_operation, bottleneck_service, bottleneck_operation, finding_kinds, error_origins, " +
  "path_services, path_operations, path_parents, path_nanos";

export class SqlVerdictReader implements VerdictReader {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async *verdicts(query: VerdictQuery): AsyncGenerator<readonly StoredVerdict[]> {
    const where = conditions(query);
    for (let after = ""; ; ) {
      const answer = await this.#engine.select(
        `select ${COLUMNS} from culprit.verdicts where ${[...where, after].filter(Boolean).join(" and ")}
         order by start_unix_nano, trace_id, received_unix_nano desc, judged_unix_nano desc limit 1 by trace_id limit ${PAGE}`,
      );
      const page = [...readNative(answer)].flatMap(verdictsOf);
      if (page.length > 0) yield page;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      const { startUnixNano, traceId } = last;
      after =
        `start_unix_nano >= ${startUnixNano} and ` +
        `(start_unix_nano > ${startUnixNano} or trace_id > ${quoteHex(traceId)})`;
    }
  }
}

function conditions({ fromUnixNano, toUnixNano, traces }: VerdictQuery): string[] {
  const where = [
    "tenant = ''",
    `start_unix_nano >= ${clampUint64(fromUnixNano)}`,
    `start_unix_nano < ${clampUint64(toUnixNano)}`,
    CURRENT,
  ];
  if (traces === undefined) return where;
  const { verdict, ...spans } = traces;
  if (verdict !== undefined) where.push(...verdictConditions(verdict));
  const onSpans = spanConditions(spans);
  // The tenant alone is no condition.
  if (onSpans.length > 1) {
    where.push(`trace_id in (select trace_id from culprit.spans where ${onSpans.join(" and ")})`);
  }
  return where;
}

function verdictsOf({ rows, columns }: NativeBlock): StoredVerdict[] {
  // The statement selected them, the table gives them these types.
  const column = <T>(name: string): T => columns.get(name) as T;
  const traceId = column<FixedStrings>("trace_id");
  const start = column<BigUint64Array>("start_unix_nano");
  const duration = column<BigUint64Array>("duration_nano");
  const received = column<BigUint64Array>("received_unix_nano");
  const version = column<Uint32Array>("analysis_version");
  const spans = column<Uint32Array>("span_count");
  const errorSpans = column<Uint32Array>("error_span_count");
  const rootService = column<Strings>("root_service");
  const rootOperation = column<Strings>("root_operation");
  const bottleneckService = column<Strings>("bottleneck_service");
  const bottleneckOperation = column<Strings>("bottleneck_operation");
  const findingKinds = column<readonly (readonly string[])[]>("finding_kinds");
  const errorOrigins = column<readonly (readonly string[])[]>("error_origins");
  const services = column<readonly (readonly string[])[]>("path_services");
  const operations = column<readonly (readonly string[])[]>("path_operations");
  const parents = column<readonly Uint16Array[]>("path_parents");
  const nanos = column<readonly BigUint64Array[]>("path_nanos");
  return Array.from({ length: rows }, (_, row) => ({
    traceId: traceId.hex(row),
    startUnixNano: start[row] as bigint,
    durationNanos: Number(duration[row]),
    rootService: rootService.at(row) as string,
    rootOperation: rootOperation.at(row) as string,
    spanCount: spans[row] as number,
    errorSpanCount: errorSpans[row] as number,
    bottleneckService: bottleneckService.at(row) as string,
    bottleneckOperation: bottleneckOperation.at(row) as string,
    findingKinds: findingKinds[row] as readonly string[],
    errorOrigins: errorOrigins[row] as readonly string[],
    path: (services[row] as readonly string[]).map((service, i) => ({
      service,
      operation: operations[row]?.[i] as string,
      parent: (parents[row]?.[i] as number) - 1,
      nanos: Number(nanos[row]?.[i]),
    })),
    receivedUnixNano: received[row] as bigint,
    analysisVersion: version[row] as number,
  }));
}
