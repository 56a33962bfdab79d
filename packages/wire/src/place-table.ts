// Rows of int32: what a decoder notes of a span before it can give it to a sink, as places in the bytes. A row costs no
// object, and a table is used again for the next span.

const ROWS = 64;
/** A table that a large input has grown beyond this is let go: it has 1.5 MB with six columns. */
const KEPT_ROWS = 65_536;

export class PlaceTable {
  readonly columns: number;
  length = 0;
  cells: Int32Array;

  constructor(columns: number) {
    this.columns = columns;
    this.cells = new Int32Array(ROWS * columns);
  }

  clear(): void {
    this.length = 0;
    if (this.cells.length > KEPT_ROWS * this.columns) {
      this.cells = new Int32Array(ROWS * this.columns);
    }
  }

  /** Makes room for one row, whose cells still hold anything. @returns where it starts in `cells` */
  add(): number {
    const at = this.length * this.columns;
    if (at === this.cells.length) {
      const larger = new Int32Array(at * 2);
      larger.set(this.cells);
      this.cells = larger;
    }
    this.length++;
    return at;
  }
}
