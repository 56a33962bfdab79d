// A growing run of bytes: one column of a block, in ClickHouse's Native encoding from the first byte on.

/** Below this many bytes a loop beats `TypedArray.set`, whose call costs about 50 ns. */
const LOOP_BELOW_BYTES = 48;

export class ByteColumn {
  bytes: Uint8Array;
  length = 0;

  constructor(capacityBytes: number) {
    this.bytes = new Uint8Array(capacityBytes);
  }

  reserve(sizeBytes: number): void {
    const needed = this.length + sizeBytes;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  putByte(byte: number): void {
    this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  putBytes(source: Uint8Array, start: number, end: number): void {
    const size = end - start;
    this.reserve(size);
    const to = this.bytes;
    let at = this.length;
    if (size < LOOP_BELOW_BYTES) {
      for (let i = start; i < end; i++) to[at++] = source[i] as number;
    } else {
      to.set(source.subarray(start, end), at);
    }
    this.length += size;
  }

  /** Unsigned LEB128, up to 2^31-1. */
  putVarint(value: number): void {
    this.reserve(5);
    let rest = value;
    while (rest > 127) {
      this.bytes[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  /** Length, then bytes: a value of a String column. */
  putString(source: Uint8Array, start: number, end: number): void {
    const size = end - start;
    if (size < 128) {
      this.reserve(size + 1);
      this.bytes[this.length++] = size;
    } else {
      this.putVarint(size);
    }
    this.putBytes(source, start, end);
  }

  /** ASCII text without a length. */
  putAscii(text: string): void {
    const size = text.length;
    this.reserve(size);
    for (let i = 0; i < size; i++) this.bytes[this.length + i] = text.charCodeAt(i);
    this.length += size;
  }

  /** `count` zero bytes. */
  putZeros(count: number): void {
    this.reserve(count);
    this.bytes.fill(0, this.length, this.length + count);
    this.length += count;
  }

  /** Low half, high half, little endian. */
  putUint64(low: number, high: number): void {
    this.reserve(8);
    const to = this.bytes;
    const at = this.length;
    to[at] = low;
    to[at + 1] = low >>> 8;
    to[at + 2] = low >>> 16;
    to[at + 3] = low >>> 24;
    to[at + 4] = high;
    to[at + 5] = high >>> 8;
    to[at + 6] = high >>> 16;
    to[at + 7] = high >>> 24;
    this.length = at + 8;
  }

  putUint32(value: number): void {
    this.reserve(4);
    const to = this.bytes;
    const at = this.length;
    to[at] = value;
    to[at + 1] = value >>> 8;
    to[at + 2] = value >>> 16;
    to[at + 3] = value >>> 24;
    this.length = at + 4;
  }

  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}
