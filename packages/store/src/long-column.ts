import { ByteColumn } from "./byte-column.ts";

const INITIAL_ROWS = 4096;
/** A bigint in halves, without others on the way. */
const long = new BigUint64Array(1);
const halves = new Uint32Array(long.buffer);

/** Values of 64 bits without a sign. */
export class LongColumn {
  readonly #column = new ByteColumn(INITIAL_ROWS * 8);

  put(value: number | bigint): void {
    if (typeof value === "number") {
      const high = Math.floor(value / 0x1_0000_0000);
      this.#column.putUint64(value - high * 0x1_0000_0000, high);
    } else {
      long[0] = value;
      this.#column.putUint64(halves[0] as number, halves[1] as number);
    }
  }

  view(): Uint8Array {
    return this.#column.view();
  }
}
