// Thrift's binary protocol: everything has a fixed size or its size before it, big endian.
// https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md

import { ThriftReader } from "./thrift-reader.ts";

/** The upper half of the first four bytes of a message; older clients begin with the name instead. */
const VERSION_1 = 0x8001;

export class ThriftBinaryReader extends ThriftReader {
  override call(): string {
    const start = this.at;
    const first = this.int32();
    let name: string;
    if (first < 0) {
      if (first >>> 16 !== VERSION_1) this.fail(`version ${(first >>> 16).toString(16)}`);
      name = this.called(first & 0xff);
    } else {
      // The type stands behind the name.
      const typeAt = start + 4 + first;
      if (typeAt >= this.end)
        this.fail(`a name of ${first} bytes where ${this.end - this.at} are left`);
      this.at = start;
      name = this.called(this.bytes[typeAt] as number);
      this.fixed(1);
    }
    this.int32();
    return name;
  }

  override field(_previousId: number): number {
    const { bytes, at } = this;
    const left = this.end - at;
    if (left > 0) {
      const type = bytes[at] as number;
      if (type === 0) {
        this.at = at + 1;
        return 0;
      }
      if (left > 2) {
        this.at = at + 3;
        return (((bytes[at + 1] as number) << 24) >> 8) | ((bytes[at + 2] as number) << 8) | type;
      }
    }
    return this.fail("a struct without an end");
  }

  override bool(): boolean {
    return this.bytes[this.fixed(1)] !== 0;
  }

  override int32(): number {
    return this.view.getInt32(this.fixed(4));
  }

  override int64(): void {
    const at = this.fixed(8);
    this.high = this.view.getInt32(at);
    this.low = this.view.getInt32(at + 4);
  }

  override double(): void {
    this.int64();
  }

  override stringEnd(): number {
    const sizeBytes = this.int32();
    const left = this.end - this.at;
    if (sizeBytes < 0 || sizeBytes > left) {
      this.fail(`a string of ${sizeBytes} bytes where ${left} are left`);
    }
    return this.at + sizeBytes;
  }

  override list(): number {
    this.elementType = this.bytes[this.fixed(1)] as number;
    return this.counted(this.int32(), 1);
  }

  override map(): number {
    const at = this.fixed(2);
    this.elementType = this.bytes[at] as number;
    this.valueType = this.bytes[at + 1] as number;
    return this.counted(this.int32(), 2);
  }

  protected override skipInt16(): void {
    this.fixed(2);
  }
}
