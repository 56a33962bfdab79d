// Operations that the incident calls and no trace of the baseline does, and who began that: what lies below a call that
// nobody made before is new with it, and whoever makes the call decides that it is made.

import { type Cohorts, countTraces, Side } from "./cohorts.ts";
import type { Place, Places } from "./places.ts";
import { shareRise } from "./robust.ts";

export class Newcomers {
  readonly #places: Places;
  readonly #columns: Cohorts["columns"];
  /** One a place: 1 where its operation is new. */
  readonly #isNew: Uint8Array;
  /** One a row: the uppermost row above it or itself with which something new began; -1 for none. */
  readonly #first: Int32Array;

  constructor(cohorts: Cohorts, places: Places) {
    this.#columns = cohorts.columns;
    this.#places = places;
    this.#isNew = newOperations(cohorts, places);
    this.#first = new Int32Array(this.#columns.parent.length).fill(UNKNOWN);
    eachRow(cohorts, Side.incident, (row) => this.#find(row));
  }

  /** The row of the incident with which something new began that the row belongs to; -1 for none, and below new roots. */
  firstOf(row: number): number {
    return this.#first[row] as number;
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
      const begins = first === NONE && above >= 0 && this.#isNewAt(at) && !this.#isNewAt(above);
      this.#first[at] = begins ? at : first;
    }
  }

  #isNewAt(row: number): boolean {
    return this.#isNew[this.#places.place[row] as number] === 1;
  }
}

const NONE = -1;
const UNKNOWN = -2;

/** A name that comes once, with an id in it, is new in every trace and tells nothing: chance is let go here, too. */
function newOperations(cohorts: Cohorts, { place, all }: Places): Uint8Array {
  const { operations } = cohorts.columns;
  const keyOf = ({ service, operation }: Place): number => service * operations.length + operation;
  const known = new Set<number>();
  const calls = new Map<number, number>();
  eachRow(cohorts, Side.baseline, (row) => {
    known.add(keyOf(all[place[row] as number] as Place));
  });
  eachRow(cohorts, Side.incident, (row) => {
    const key = keyOf(all[place[row] as number] as Place);
    if (!known.has(key)) calls.set(key, (calls.get(key) ?? 0) + 1);
  });
  const { baseline, incident } = countTraces(cohorts.side);
  return Uint8Array.from(all, (each) => {
    const count = Math.min(calls.get(keyOf(each)) ?? 0, incident);
    return shareRise(0, baseline, count, incident) > 0 ? 1 : 0;
  });
}

function eachRow({ columns, side }: Cohorts, of: Side, visit: (row: number) => void): void {
  for (let trace = 0; trace < side.length; trace++) {
    if (side[trace] !== of) continue;
    const end = columns.firstRow[trace + 1] as number;
    for (let row = columns.firstRow[trace] as number; row < end; row++) visit(row);
  }
}
