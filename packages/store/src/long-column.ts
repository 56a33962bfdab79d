import { ByteColumn } from "./byte-column.ts";

const INITIAL_ROWS = 4096;

/** Values of 64 bits without a sign. */
export class LongColumn {
  readonly #column = new ByteColumn(INITIAL_ROWS * 8);

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
