// Nanoseconds in two halves: what a bigint would do, without one per span.

const HALF = 2 ** 32;

export class NanoHalves {
  /** 0 to 2^32-1. */
  low = 0;
  /** Negative for a negative time; may leave 32 bits, which `put` bounds. */
  high = 0;

  clear(): void {
    this.low = this.high = 0;
  }

  /** @param low, high halves of an int64 of microseconds */
  setMicros(low: number, high: number): void {
    const nanos = (low >>> 0) * 1000;
    this.low = nanos >>> 0;
    this.high = high * 1000 + (nanos - this.low) / HALF;
  }

  set(nanos: bigint): void {
    this.low = Number(BigInt.asUintN(32, nanos));
    this.high = Number(nanos >> 32n);
  }

  add(other: NanoHalves): void {
    const sum = this.low + other.low;
    this.low = sum >>> 0;
    this.high += other.high + (sum - this.low) / HALF;
  }

  /** As a uint64, little endian; what is before 0 or after 2^64-1 becomes that. */
  put(view: DataView, at: number): void {
    const isInside = this.high >= 0 && this.high < HALF;
    const otherwise = this.high < 0 ? 0 : -1;
    view.setInt32(at, isInside ? this.low | 0 : otherwise, true);
    view.setInt32(at + 4, isInside ? this.high | 0 : otherwise, true);
  }
}
