// Durations in buckets of equal relative width, so that any quantile of any sum of them is right to 1 %: a bucket is the
// exponent and the first six binary digits of a double, which costs no logarithm and is the same in SQL, bit for bit.

import type { DurationNanos } from "@culprit/trace-model";

/** 64 buckets from one power of two to the next: a value is at most 0.8 % away from the middle of its bucket. */
const DIGITS = 6;
/** The bucket of 1 ns is 1, that of nothing 0. */
const FIRST = (1023 << DIGITS) - 1;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
const highWord = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/** 0 to 4160. @param nanos 0, or 1 and more */
export function bucketOf(nanos: DurationNanos): number {
  if (nanos === 0) return 0;
  double[0] = nanos;
  return ((words[highWord] as number) >>> (20 - DIGITS)) - FIRST;
}

/** The same in SQL. @param nanos an expression of type UInt64 */
export function bucketSql(nanos: string): string {
  return `if(${nanos} = 0, 0, bitShiftRight(reinterpretAsUInt64(toFloat64(${nanos})), ${52 - DIGITS}) - ${FIRST})`;
}

/** Its middle. */
export function nanosOf(bucket: number): DurationNanos {
  if (bucket === 0) return 0;
  const exponent = (bucket - 1) >>> DIGITS;
  const digits = (bucket - 1) & (2 ** DIGITS - 1);
  return Math.floor(2 ** exponent * (1 + (digits + 0.5) / 2 ** DIGITS));
}

export class DurationHistogram {
  count = 0;
  #counts = new Uint32Array(2048);
  /** No lower bucket was ever counted. */
  #lowest = Number.POSITIVE_INFINITY;

  /** @param count below 0 takes away what was added before */
  add(bucket: number, count: number): void {
    if (bucket >= this.#counts.length) {
      const larger = new Uint32Array(2 * bucket);
      larger.set(this.#counts);
      this.#counts = larger;
    }
    this.#counts[bucket] = (this.#counts[bucket] as number) + count;
    this.count += count;
    if (bucket < this.#lowest) this.#lowest = bucket;
  }

  /** Between two durations linearly; 0 where there is none. @param level 0 to 1 */
  quantile(level: number): DurationNanos {
    if (this.count === 0) return 0;
    const at = level * (this.count - 1);
    const below = Math.floor(at);
    let bucket = this.#lowest;
    let before = 0;
    const advance = (rank: number): void => {
      for (; before + (this.#counts[bucket] as number) <= rank; bucket++) {
        before += this.#counts[bucket] as number;
      }
    };
    advance(below);
    const low = nanosOf(bucket);
    if (at === below) return low;
    advance(below + 1);
    return Math.round(low + (nanosOf(bucket) - low) * (at - below));
  }
}
