// The rows of one trace put in their places: parents, the root, the order by start. The rules are those of
// `assembleTrace`, over rows that the statement has ordered by span id, server before client.

import { SpanKind } from "@culprit/trace-model";
import type { WholeTraceRows } from "./cohort-rows.ts";

const ID_BYTES = 8;

export class CohortTrace {
  /** Row of the root in the answer. */
  root = -1;
  /** Rows in ascending order of start. */
  order: number[] = [];
  readonly #rows: WholeTraceRows;
  #from = 0;
  /** By row - from: the row of the parent, or -1. */
  #parent = new Int32Array(64);
  /** By row - from: place in the order, or -1 for a copy that is left out. */
  #place = new Int32Array(64);

  constructor(rows: WholeTraceRows) {
    this.#rows = rows;
  }

  /** Reads the rows [from, to), at least one. */
  read(from: number, to: number): void {
    const count = to - from;
    this.#from = from;
    if (this.#parent.length < count) {
      this.#parent = new Int32Array(count * 2);
      this.#place = new Int32Array(count * 2);
    }
    this.#leaveOutCopies(from, to);
    for (const row of this.order) this.#parent[row - from] = this.#parentOf(row, from, to);
    this.#cutCycles();
    this.root = this.#chooseRoot();
    const { start } = this.#rows;
    this.order.sort((a, b) => {
      const startA = start[a] as bigint;
      const startB = start[b] as bigint;
      return startA < startB ? -1 : startA > startB ? 1 : a - b;
    });
    for (let i = 0; i < this.order.length; i++) {
      this.#place[(this.order[i] as number) - from] = i;
    }
  }

  /** Place in the order; -1 for none. */
  parentPlace(row: number): number {
    const parent = this.#parent[row - this.#from] as number;
    return parent < 0 ? -1 : (this.#place[parent - this.#from] as number);
  }

  /** Row of the parent; -1 for none. */
  parentRow(row: number): number {
    return this.#parent[row - this.#from] as number;
  }

  rootPlace(): number {
    return this.#place[this.root - this.#from] as number;
  }

  /** Of one id, a server and a client are two spans (Zipkin's shared ids); of others the first is the one to keep. */
  #leaveOutCopies(from: number, to: number): void {
    this.order = [from];
    for (let row = from + 1; row < to; row++) {
      const before = this.order.at(-1) as number;
      if (!this.#isSameId(before, row) || this.#isShared(before, row)) this.order.push(row);
    }
  }

  #isSameId(a: number, b: number): boolean {
    const { spanId } = this.#rows;
    return compareIds(spanId, a, spanId, b) === 0;
  }

  #isShared(server: number, client: number): boolean {
    const { kind } = this.#rows;
    return kind[server] === SpanKind.server && kind[client] === SpanKind.client;
  }

  #parentOf(row: number, from: number, to: number): number {
    const { parentSpanId, spanId } = this.#rows;
    if (row + 1 < to && this.#isSameId(row, row + 1) && this.#isShared(row, row + 1)) {
      return row + 1;
    }
    if (isNoId(parentSpanId, row)) return -1;
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareIds(spanId, middle, parentSpanId, row) < 0) low = middle + 1;
      else high = middle;
    }
    return low < to && compareIds(spanId, low, parentSpanId, row) === 0 ? low : -1;
  }

  #cutCycles(): void {
    const { start } = this.#rows;
    // Which walk saw a row first; each row is walked over once. The places are not in use yet.
    const seenIn = this.#place.fill(0);
    for (const row of this.order) {
      const walk = row - this.#from + 1;
      let at = row;
      while (at !== -1 && seenIn[at - this.#from] === 0) {
        seenIn[at - this.#from] = walk;
        at = this.#parent[at - this.#from] as number;
      }
      if (at === -1 || seenIn[at - this.#from] !== walk) continue;
      let earliest = at;
      let other = this.#parent[at - this.#from] as number;
      for (; other !== at; other = this.#parent[other - this.#from] as number) {
        if ((start[other] as bigint) < (start[earliest] as bigint)) earliest = other;
      }
      this.#parent[earliest - this.#from] = -1;
    }
  }

  #chooseRoot(): number {
    let best = -1;
    for (const row of this.order) {
      if (this.#parent[row - this.#from] !== -1) continue;
      if (best === -1 || this.#isBetterRoot(row, best)) best = row;
    }
    return best;
  }

  /** Rows come by id: the first of equals stays. */
  #isBetterRoot(row: number, best: number): boolean {
    const { parentSpanId, start, length } = this.#rows;
    const isParentless = isNoId(parentSpanId, row);
    if (isParentless !== isNoId(parentSpanId, best)) return isParentless;
    if (start[row] !== start[best]) return (start[row] as bigint) < (start[best] as bigint);
    return (length[row] as bigint) > (length[best] as bigint);
  }
}

function compareIds(a: Buffer, rowA: number, b: Buffer, rowB: number): number {
  const atA = rowA * ID_BYTES;
  const atB = rowB * ID_BYTES;
  const high = a.readUInt32BE(atA) - b.readUInt32BE(atB);
  return high !== 0 ? high : a.readUInt32BE(atA + 4) - b.readUInt32BE(atB + 4);
}

function isNoId(ids: Buffer, row: number): boolean {
  const at = row * ID_BYTES;
  return ids.readUInt32LE(at) === 0 && ids.readUInt32LE(at + 4) === 0;
}
