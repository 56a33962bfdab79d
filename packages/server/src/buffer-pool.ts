// Request bodies of some hundred kilobytes come from mmap, and the kernel clears every page of them. At 500 requests a
// second that is 90 MB of page faults; buffers that are used again cost nothing. A body is needed only until it is
// decoded, so a handful of buffers serve all connections.

/** Buffers come in powers of two, from 64 KiB (smaller ones are cheap to allocate) to 1 MiB (larger ones are rare). */
const SMALLEST_BITS = 16;
const LARGEST_BITS = 20;
/** Kept for use again: 16 of the largest, which is what bodies that arrive at the same moment need. */
const KEPT_BYTES = 16 << LARGEST_BITS;

export class BufferPool {
  readonly #free: Buffer[][] = [];
  #keptBytes = 0;

  /** At least `sizeBytes` long; the content is arbitrary. */
  acquire(sizeBytes: number): Buffer {
    const bits = bitsOf(sizeBytes);
    if (bits < SMALLEST_BITS || bits > LARGEST_BITS) return Buffer.allocUnsafeSlow(sizeBytes);
    const kept = this.#free[bits]?.pop();
    if (kept === undefined) return Buffer.allocUnsafeSlow(2 ** bits);
    this.#keptBytes -= kept.length;
    return kept;
  }

  /** The caller must not touch `buffer` afterwards. */
  release(buffer: Buffer): void {
    const bits = bitsOf(buffer.length);
    if (bits < SMALLEST_BITS || bits > LARGEST_BITS || buffer.length !== 2 ** bits) return;
    if (this.#keptBytes + buffer.length > KEPT_BYTES) return;
    const list = this.#free[bits] ?? [];
    this.#free[bits] = list;
    list.push(buffer);
    this.#keptBytes += buffer.length;
  }
}

function bitsOf(sizeBytes: number): number {
  return sizeBytes <= 1 ? 0 : 32 - Math.clz32(sizeBytes - 1);
}
