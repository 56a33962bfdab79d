// Rows of the table of spans, ordered by trace and span id, into TraceColumns. Traces are whole when they come.

import { MAX_NANOS, type TraceColumns } from "@culprit/trace-model";
import type { TimeRange } from "./cohort-reader.ts";
import { type CohortRows, readCohortRows, traceEnd } from "./cohort-rows.ts";
import { CohortTrace } from "./cohort-trace.ts";
import { NumberColumn } from "./number-column.ts";
import { resourceAttributes } from "./process-json.ts";

const TRACE_ID_BYTES = 16;

export class CohortColumns {
  readonly traceIds: string[] = [];
  readonly #firstRow: number[] = [0];
  readonly #root: number[] = [];
  readonly #group: number[] = [];
  readonly #parent = new NumberColumn(Int32Array);
  readonly #service = new NumberColumn(Uint32Array);
  readonly #operation = new NumberColumn(Uint32Array);
  readonly #resource = new NumberColumn(Uint32Array);
  readonly #kind = new NumberColumn(Uint8Array);
  readonly #errs = new NumberColumn(Uint8Array);
  readonly #marked = new NumberColumn(Uint8Array);
  readonly #start = new NumberColumn(Float64Array);
  readonly #duration = new NumberColumn(Float64Array);
  readonly #services = new Names();
  readonly #operations = new Names();
  readonly #resources = new Names();

  /** Keeps the traces whose root starts in one of the ranges. */
  add(answer: Uint8Array, group: number, ranges: readonly TimeRange[]): void {
    const rows = readCohortRows(answer);
    const trace = new CohortTrace(rows);
    const { traceId, start } = rows;
    for (let from = 0; from < rows.count; ) {
      const to = traceEnd(rows, from);
      trace.read(from, to);
      const rootStart = start[trace.root] as bigint;
      if (ranges.some((r) => r.fromUnixNano <= rootStart && rootStart < r.toUnixNano)) {
        this.traceIds.push(
          traceId.toString("hex", from * TRACE_ID_BYTES, (from + 1) * TRACE_ID_BYTES),
        );
        this.#group.push(group);
        this.#trace(rows, trace, rootStart);
      }
      from = to;
    }
  }

  #trace(rows: CohortRows, trace: CohortTrace, rootStart: bigint): void {
    const first = this.#parent.length;
    this.#root.push(first + trace.rootPlace());
    for (const row of trace.order) {
      const above = trace.parentPlace(row);
      this.#parent.push(above < 0 ? -1 : first + above);
      this.#service.push(this.#services.indexOf(rows.service[row] as string));
      this.#operation.push(this.#operations.indexOf(rows.name[row] as string));
      this.#resource.push(this.#resources.indexOf(rows.resource[row] as string));
      this.#kind.push(rows.kind[row] as number);
      this.#errs.push(rows.errs[row] as number);
      this.#marked.push(rows.marked[row] as number);
      const start = Number((rows.start[row] as bigint) - rootStart);
      this.#start.push(Math.max(-MAX_NANOS, Math.min(start, MAX_NANOS)));
      this.#duration.push(Math.min(Number(rows.length[row] as bigint), MAX_NANOS));
    }
    this.#firstRow.push(this.#parent.length);
  }

  columns(): TraceColumns {
    return {
      traceIds: this.traceIds,
      firstRow: Uint32Array.from(this.#firstRow),
      root: Uint32Array.from(this.#root),
      group: Uint8Array.from(this.#group),
      parent: this.#parent.view(),
      service: this.#service.view(),
      operation: this.#operation.view(),
      resource: this.#resource.view(),
      kind: this.#kind.view(),
      errs: this.#errs.view(),
      marked: this.#marked.view(),
      startNanos: this.#start.view(),
      durationNanos: this.#duration.view(),
      services: this.#services.all,
      operations: this.#operations.all,
      resources: this.#resources.all.map(resourceAttributes),
    };
  }
}

/** Rows repeat the names of their block's dictionary, often one after the other. */
class Names {
  readonly all: string[] = [];
  readonly #indexes = new Map<string, number>();

  indexOf(name: string): number {
    let index = this.#indexes.get(name);
    if (index === undefined) {
      index = this.all.push(name) - 1;
      this.#indexes.set(name, index);
    }
    return index;
  }
}
