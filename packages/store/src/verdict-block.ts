// Verdicts on their way to the database, as columns in ClickHouse's Native encoding. `sql-verdict-reader.ts` reads them.

import { ByteColumn } from "./byte-column.ts";
import { Dictionary } from "./dictionary.ts";
import { lowCardinality, type NativeColumn } from "./native-column.ts";
import type { StoredVerdict } from "./verdict-store.ts";

export interface Judging {
  readonly judgedUnixNano: bigint;
  /** Whether the trace may have been judged before. */
  readonly again: boolean;
  /** Why there is a row but no verdict; empty where there is one. */
  readonly notJudged: string;
}

const ROWS = 4096;

export class VerdictBlock {
  rows = 0;
  readonly #traceId = new ByteColumn(ROWS * 16);
  readonly #start = new NumberColumn();
  readonly #duration = new NumberColumn();
  readonly #received = new NumberColumn();
  readonly #judged = new NumberColumn();
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
  readonly #pathNanos = new NumberColumn();
  readonly #notJudged = new NameColumn();
  readonly #findingEnds = new NumberColumn();
  readonly #originEnds = new NumberColumn();
  readonly #pathEnds = new NumberColumn();

  add(verdict: StoredVerdict, { judgedUnixNano, again, notJudged }: Judging): void {
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
    this.rows++;
  }

  /** Valid until the next change of the block. */
  columns(): NativeColumn[] {
    const plain = (name: string, type: string, bytes: Uint8Array): NativeColumn => ({
      name,
      type,
      chunks: [bytes],
    });
    const names = (name: string, column: NameColumn): NativeColumn => ({
      name,
      type: "LowCardinality(String)",
      chunks: column.chunks(),
    });
    const lists = (name: string, ends: NumberColumn, column: NameColumn): NativeColumn => {
      // The dictionary's version stands before the offsets: Native writes all prefixes of a nested type first.
      const [prefix, ...body] = column.chunks() as [Uint8Array, ...Uint8Array[]];
      const chunks = [prefix, ends.view(), ...(column.length === 0 ? [] : body)];
      return { name, type: "Array(LowCardinality(String))", chunks };
    };
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
      names("root_service", this.#rootService),
      names("root_operation", this.#rootOperation),
      names("bottleneck_service", this.#bottleneckService),
      names("bottleneck_operation", this.#bottleneckOperation),
      lists("finding_kinds", this.#findingEnds, this.#findingKinds),
      lists("error_origins", this.#originEnds, this.#errorOrigins),
      lists("path_services", this.#pathEnds, this.#pathServices),
      lists("path_operations", this.#pathEnds, this.#pathOperations),
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
      names("not_judged", this.#notJudged),
    ];
  }
}

/** Values of 64 bits without a sign. */
class NumberColumn {
  readonly #column = new ByteColumn(ROWS * 8);

  put(value: number | bigint): void {
    if (typeof value === "number") {
      this.#column.putUint64(value % 0x1_0000_0000, Math.floor(value / 0x1_0000_0000));
    } else {
      this.#column.putUint64(
        Number(BigInt.asIntN(32, value)),
        Number(BigInt.asIntN(32, value >> 32n)),
      );
    }
  }

  view(): Uint8Array {
    return this.#column.view();
  }
}

/** Names that repeat: each is encoded once a block. */
class NameColumn {
  length = 0;
  readonly #known = new Map<string, number>();
  readonly #dictionary = new Dictionary();
  #indexes = new Uint32Array(ROWS);

  put(name: string): void {
    let index = this.#known.get(name);
    if (index === undefined) {
      const bytes = Buffer.from(name);
      index = this.#dictionary.indexOf(bytes, 0, bytes.length);
      this.#known.set(name, index);
    }
    if (this.length === this.#indexes.length) {
      const larger = new Uint32Array(this.length * 2);
      larger.set(this.#indexes);
      this.#indexes = larger;
    }
    this.#indexes[this.length++] = index;
  }

  chunks(): Uint8Array[] {
    return lowCardinality(this.#dictionary, this.#indexes.subarray(0, this.length));
  }
}
