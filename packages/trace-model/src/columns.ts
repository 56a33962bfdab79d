// Columns of numbers for one trace. A small typed array with a buffer of its own costs 0.3 to 0.6 us, a view of a larger
// buffer 0.02 us, and to judge a trace takes some forty: small ones lie side by side in a chunk that nobody uses twice.

/** A trace that is kept keeps the chunks that its columns lie in: small enough for that to be no loss. */
const CHUNK_BYTES = 32 * 1024;
/** Larger columns pay for a buffer of their own. */
const SMALL_BYTES = 2048;

let chunk = new ArrayBuffer(CHUNK_BYTES);
let used = 0;

/** All zero, as `new Float64Array(length)` gives it; its buffer may hold other columns besides. */
export function float64Column(length: number): Float64Array {
  const sizeBytes = length * 8;
  if (sizeBytes > SMALL_BYTES) return new Float64Array(length);
  const at = place(sizeBytes);
  return new Float64Array(chunk, at, length);
}

/** All zero, as `new Int32Array(length)` gives it; its buffer may hold other columns besides. */
export function int32Column(length: number): Int32Array {
  const sizeBytes = length * 4;
  if (sizeBytes > SMALL_BYTES) return new Int32Array(length);
  const at = place(sizeBytes);
  return new Int32Array(chunk, at, length);
}

/** As `Int32Array.from(values)`; its buffer may hold other columns besides. */
export function int32ColumnOf(values: readonly number[]): Int32Array {
  const column = int32Column(values.length);
  for (let i = 0; i < values.length; i++) column[i] = values[i] as number;
  return column;
}

/** All zero, as `new Uint8Array(length)` gives it; its buffer may hold other columns besides. */
export function uint8Column(length: number): Uint8Array {
  if (length > SMALL_BYTES) return new Uint8Array(length);
  const at = place(length);
  return new Uint8Array(chunk, at, length);
}

function place(sizeBytes: number): number {
  if (used + sizeBytes > CHUNK_BYTES) {
    chunk = new ArrayBuffer(CHUNK_BYTES);
    used = 0;
  }
  const at = used;
  // Every column begins where a double may.
  used += (sizeBytes + 7) & ~7;
  return at;
}
