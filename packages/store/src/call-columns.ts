// The calls of traces that are judged, as columns of their verdicts: one entry for each span whose parent is there. Names
// repeat, and a duration is a bucket, so that an entry comes to two bytes or so.

import { StatusCode, type Trace } from "@culprit/trace-model";
import { ByteColumn } from "./byte-column.ts";
import { bucketOf } from "./duration-histogram.ts";
import { LongColumn } from "./long-column.ts";
import { NameColumn } from "./name-column.ts";
import type { NativeColumn } from "./native-column.ts";

const ROWS = 4096;

export class CallColumns {
  readonly #known = new ByteColumn(ROWS);
  readonly #parents = new NameColumn();
  readonly #children = new NameColumn();
  /** The bucket of the duration, and in the lowest bit whether the called span has the status ERROR. */
  readonly #outcomes = new ByteColumn(ROWS * 2);
  readonly #ends = new LongColumn();

  /** One row. */
  add(trace: Trace | undefined): void {
    if (trace !== undefined) this.#add(trace);
    this.#known.putByte(trace === undefined ? 0 : 1);
    this.#ends.put(this.#parents.length);
  }

  #add({ spans, parent, service, services, durationNanos }: Trace): void {
    const parents = services.map((name) => this.#parents.indexOf(name));
    const children = services.map((name) => this.#children.indexOf(name));
    for (let row = 0; row < spans.length; row++) {
      const above = parent[row] as number;
      if (above < 0) continue;
      this.#parents.putIndex(parents[service[above] as number] as number);
      this.#children.putIndex(children[service[row] as number] as number);
      const failed = spans[row]?.statusCode === StatusCode.error ? 1 : 0;
      const outcome = 2 * bucketOf(durationNanos[row] as number) + failed;
      this.#outcomes.putByte(outcome & 0xff);
      this.#outcomes.putByte(outcome >>> 8);
    }
  }

  /** Valid until the next change. */
  columns(): NativeColumn[] {
    return [
      { name: "calls_known", type: "UInt8", chunks: [this.#known.view()] },
      this.#parents.lists("call_parents", this.#ends),
      this.#children.lists("call_children", this.#ends),
      {
        name: "call_outcomes",
        type: "Array(UInt16)",
        chunks: [this.#ends.view(), this.#outcomes.view()],
      },
    ];
  }
}
