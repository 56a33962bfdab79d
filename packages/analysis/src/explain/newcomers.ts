// What the incident does that no trace of the baseline did, and who began it. What lies below a call that nobody made
// before is new with it, however usual it is elsewhere: it accuses whoever makes that call, and compares with nothing.

import { type Cohorts, Side } from "./cohorts.ts";
import type { Place, Places } from "./places.ts";

export class Newcomers {
  readonly #places: Places;
  readonly #columns: Cohorts["columns"];
  /** 1 a place that no trace of the baseline has. */
  readonly #isNew: Uint8Array;
  /** One a row: the uppermost new row above it or itself; -1 where there is none or all is new from the root on. */
  readonly #first: Int32Array;

  constructor({ columns, side }: Cohorts, places: Places) {
    this.#columns = columns;
    this.#places = places;
    this.#isNew = new Uint8Array(places.all.length).fill(1);
    eachRow(columns, side, Side.baseline, (row) => {
      this.#isNew[places.place[row] as number] = 0;
    });
    this.#first = new Int32Array(columns.parent.length).fill(UNKNOWN);
    eachRow(columns, side, Side.incident, (row) => this.#find(row));
  }

  /** The row of the incident with which something new began that the row belongs to, -1 for none. */
  firstOf(row: number): number {
    return Math.max(NONE, this.#first[row] as number);
  }

  /** The service that began what `first` is the first row of. */
  beganBy(first: number): number {
    const above = this.#columns.parent[first] as number;
    const { callee } = this.#places.all[this.#places.place[above] as number] as Place;
    // Below a call that is not new, what is new is the callee's.
    return callee >= 0 ? callee : (this.#columns.service[above] as number);
  }

  /** A child may stand before its parent. */
  #find(row: number): void {
    const { parent } = this.#columns;
    const way: number[] = [];
    for (let at = row; at >= 0 && this.#first[at] === UNKNOWN; at = parent[at] as number) {
      way.push(at);
    }
    for (let at = way.pop(); at !== undefined; at = way.pop()) {
      const above = parent[at] as number;
      const first = above < 0 ? NONE : (this.#first[above] as number);
      const begins = first === NONE && above >= 0 && this.isNewAt(at) && !this.isNewAt(above);
      this.#first[at] = begins ? at : first;
    }
  }

  isNewAt(row: number): boolean {
    return this.#isNew[this.#places.place[row] as number] === 1;
  }
}

const NONE = -1;
const UNKNOWN = -2;

function eachRow(
  { firstRow }: Cohorts["columns"],
  side: Uint8Array,
  of: Side,
  visit: (row: number) => void,
): void {
  for (let trace = 0; trace < side.length; trace++) {
    if (side[trace] !== of) continue;
    const end = firstRow[trace + 1] as number;
    for (let row = firstRow[trace] as number; row < end; row++) visit(row);
  }
}
