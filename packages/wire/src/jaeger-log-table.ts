// Logs of one span: a time and tags, which become an event.

import { JaegerTagTable, MeantKey } from "./jaeger-tag-table.ts";
import type { NanoHalves } from "./nano-halves.ts";

/** First and end of its tags, two halves of its time. */
const COLUMNS = 4;
const ROWS = 64;
/** A table that a large input has grown beyond this is let go. */
const KEPT_ROWS = 16_384;

export class JaegerLogTable {
  length = 0;
  /** Of all logs, one behind the other. */
  readonly tags: JaegerTagTable = new JaegerTagTable();
  #cells = new Int32Array(ROWS * COLUMNS);
  #view = new DataView(this.#cells.buffer);

  reset(bytes: Uint8Array): void {
    this.length = 0;
    this.tags.reset(bytes);
    if (this.#cells.length > KEPT_ROWS * COLUMNS) this.#resize(ROWS);
  }

  /** A log whose tags are those from `firstTag` on. */
  add(time: NanoHalves, firstTag: number): void {
    if (this.length * COLUMNS === this.#cells.length) this.#resize(this.length * 2);
    const at = this.length * COLUMNS;
    this.#cells[at] = firstTag;
    this.#cells[at + 1] = this.tags.length;
    time.put(this.#view, (at + 2) * 4);
    this.length++;
  }

  firstTag(log: number): number {
    return this.#cells[log * COLUMNS] as number;
  }

  endTag(log: number): number {
    return this.#cells[log * COLUMNS + 1] as number;
  }

  /** Its time to `into`, 8 bytes, little endian. */
  putTime(log: number, into: DataView, at: number): void {
    const from = (log * COLUMNS + 2) * 4;
    into.setInt32(at, this.#view.getInt32(from));
    into.setInt32(at + 4, this.#view.getInt32(from + 4));
  }

  /** The tag that is the event's name, which is no attribute then; -1 for none. */
  nameTag(log: number): number {
    let found = -1;
    for (let row = this.firstTag(log); row < this.endTag(log); row++) {
      if (this.tags.meaning(row) === MeantKey.event) found = row;
    }
    const isName =
      found >= 0 && this.tags.isString(found) && this.tags.start(found) < this.tags.end(found);
    return isName ? found : -1;
  }

  #resize(rows: number): void {
    const kept = this.#cells.subarray(0, this.length * COLUMNS);
    this.#cells = new Int32Array(rows * COLUMNS);
    this.#cells.set(kept);
    this.#view = new DataView(this.#cells.buffer);
  }
}
