// Verdicts on their way to the database, as columns in ClickHouse's Native encoding. `sql-verdict-reader.ts` reads them.

import type { Trace } from "@culprit/trace-model";
import { ByteColumn } from "./byte-column.ts";
import { CallColumns } from "./call-columns.ts";
import { LongColumn } from "./long-column.ts";
import { NameColumn } from "./name-column.ts";
import type { NativeColumn } from "./native-column.ts";
import type { StoredVerdict } from "./verdict-store.ts";

export interface Judging {
  readonly judgedUnixNano: bigint;
  /** Whether the trace may have been judged before. */
  readonly again: boolean;
  /** Why there is a row but no verdict; empty where there is one. */
  readonly notJudged: string;
  /** Its calls are kept with the verdict; absent: they are to be read from its spans. */
  readonly trace?: Trace;
}

const ROWS = 4096;

export class VerdictBlock {
  rows = 0;
  readonly #traceId = new ByteColumn(ROWS * 16);
  readonly #start = new LongColumn();
  readonly #duration = new LongColumn();
  readonly #received = new LongColumn();
  readonly #judged = new LongColumn();
  readonly #again = new ByteColumn(ROWS);
  readonly #version = new ByteColumn(ROWS * 4);
  readonly #spans = new ByteColumn(ROWS * 4);
  readonly #errorSpans = new ByteColumn(ROWS * 4);
  readonly #rootService = new NameColumn();
  readonly #rootOperation = new NameColumn();
  readonly #bottleneckService = new NameColumn();
  readonly #bottleneckOperation = new NameColumn();
  readonly #findingKinds = new NameColumn();
  readonly #errorOrigins = new NameColumn();
  readonly #pathServices = new NameColumn();
  readonly #pathOperations = new NameColumn();
  readonly #pathParents = new ByteColumn(ROWS * 2);
  readonly #pathNanos = new LongColumn();
  readonly #notJudged = new NameColumn();
  readonly #findingEnds = new LongColumn();
  readonly #originEnds = new LongColumn();
  readonly #pathEnds = new LongColumn();
  readonly #calls = new CallColumns();

  add(verdict: StoredVerdict, { judgedUnixNano, again, notJudged, trace }: Judging): void {
    this.#traceId.putBytes(Buffer.from(verdict.traceId, "hex"), 0, 16);
    this.#start.put(verdict.startUnixNano);
    this.#duration.put(verdict.durationNanos);
    this.#received.put(verdict.receivedUnixNano);
    this.#judged.put(judgedUnixNano);
    this.#again.putByte(again ? 1 : 0);
    this.#version.putUint32(verdict.analysisVersion);
    this.#spans.putUint32(verdict.spanCount);
    this.#errorSpans.putUint32(verdict.errorSpanCount);
    this.#rootService.put(verdict.rootService);
    this.#rootOperation.put(verdict.rootOperation);
    this.#bottleneckService.put(verdict.bottleneckService);
    this.#bottleneckOperation.put(verdict.bottleneckOperation);
    for (const kind of verdict.findingKinds) this.#findingKinds.put(kind);
    this.#findingEnds.put(this.#findingKinds.length);
    for (const service of verdict.errorOrigins) this.#errorOrigins.put(service);
    this.#originEnds.put(this.#errorOrigins.length);
    for (const { service, operation, parent, nanos } of verdict.path) {
      this.#pathServices.put(service);
      this.#pathOperations.put(operation);
      this.#pathParents.putByte((parent + 1) & 0xff);
      this.#pathParents.putByte((parent + 1) >>> 8);
      this.#pathNanos.put(nanos);
    }
    this.#pathEnds.put(this.#pathServices.length);
    this.#notJudged.put(notJudged);
    this.#calls.add(trace);
    this.rows++;
  }

  /** Valid until the next change of the block. */
  columns(): NativeColumn[] {
    const plain = (name: string, type: string, bytes: Uint8Array): NativeColumn => ({
      name,
      type,
      chunks: [bytes],
    });
    return [
      plain("trace_id", "FixedString(16)", this.#traceId.view()),
      plain("start_unix_nano", "UInt64", this.#start.view()),
      plain("duration_nano", "UInt64", this.#duration.view()),
      plain("received_unix_nano", "UInt64", this.#received.view()),
      plain("judged_unix_nano", "UInt64", this.#judged.view()),
      plain("again", "UInt8", this.#again.view()),
      plain("analysis_version", "UInt32", this.#version.view()),
      plain("span_count", "UInt32", this.#spans.view()),
      plain("error_span_count", "UInt32", this.#errorSpans.view()),
      this.#rootService.named("root_service"),
      this.#rootOperation.named("root_operation"),
      this.#bottleneckService.named("bottleneck_service"),
      this.#bottleneckOperation.named("bottleneck_operation"),
      this.#findingKinds.lists("finding_kinds", this.#findingEnds),
      this.#errorOrigins.lists("error_origins", this.#originEnds),
      this.#pathServices.lists("path_services", this.#pathEnds),
      this.#pathOperations.lists("path_operations", this.#pathEnds),
      {
        name: "path_parents",
        type: "Array(UInt16)",
        chunks: [this.#pathEnds.view(), this.#pathParents.view()],
      },
      {
        name: "path_nanos",
        type: "Array(UInt64)",
        chunks: [this.#pathEnds.view(), this.#pathNanos.view()],
      },
      this.#notJudged.named("not_judged"),
      ...this.#calls.columns(),
    ];
  }
}
