// Where a reader of the Native format stands.

export class NativeCursor {
  readonly bytes: Buffer;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  varint(): number {
    const first = this.bytes[this.at++] as number;
    if (first < 128) return first;
    let value = first & 127;
    for (let factor = 128; ; factor *= 128) {
      const byte = this.bytes.readUInt8(this.at++);
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  uint64(): bigint {
    const value = this.bytes.readBigUInt64LE(this.at);
    this.at += 8;
    return value;
  }

  text(): string {
    const size = this.varint();
    const start = this.at;
    this.at += size;
    return this.bytes.toString("utf8", start, this.at);
  }

  skip(sizeBytes: number): void {
    this.at += sizeBytes;
  }

  /** A copy, so that typed arrays stand on their own aligned memory. */
  copy(sizeBytes: number): ArrayBuffer {
    const start = this.bytes.byteOffset + this.at;
    this.at += sizeBytes;
    return this.bytes.buffer.slice(start, start + sizeBytes) as ArrayBuffer;
  }
}
