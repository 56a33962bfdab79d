// Thrift's compact protocol: integers as zigzag varints, field numbers as steps from the field before, truths in the
// field's head. https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md

import { ThriftReader, ThriftType } from "./thrift-reader.ts";

/** The first byte of every message. */
const PROTOCOL_ID = 0x82;
const VERSION_1 = 1;

const TRUE = 1;
const FALSE = 2;
const LONG_LIST = 15;

/** By the compact protocol's own numbers. */
const TYPES: readonly number[] = [
  ThriftType.stop,
  ThriftType.bool,
  ThriftType.bool,
  ThriftType.byte,
  ThriftType.i16,
  ThriftType.i32,
  ThriftType.i64,
  ThriftType.double,
  ThriftType.string,
  ThriftType.list,
  ThriftType.set,
  ThriftType.map,
  ThriftType.struct,
  ThriftType.uuid,
];

export function isCompactMessage(bytes: Uint8Array): boolean {
  return bytes[0] === PROTOCOL_ID;
}

export class ThriftCompactReader extends ThriftReader {
  #truth = false;

  override call(): string {
    if (this.#byte() !== PROTOCOL_ID) this.fail("not the compact protocol");
    const head = this.#byte();
    if ((head & 31) !== VERSION_1) this.fail(`version ${head & 31}`);
    this.#varint32();
    return this.called(head >> 5);
  }

  override field(previousId: number): number {
    const head = this.#byte();
    if (head === 0) return 0;
    const type = head & 15;
    if (type === TRUE || type === FALSE) this.#truth = type === TRUE;
    const step = head >> 4;
    const id = step === 0 ? this.int32() : previousId + step;
    return ((id << 16) >> 8) | this.#typeOf(type);
  }

  override bool(): boolean {
    return this.#truth;
  }

  override int32(): number {
    const value = this.#varint32();
    return (value >>> 1) ^ -(value & 1);
  }

  override int64(): void {
    this.#varint64();
    const { low, high } = this;
    const sign = -(low & 1);
    this.low = ((low >>> 1) | (high << 31)) ^ sign;
    this.high = (high >>> 1) ^ sign;
  }

  override double(): void {
    const at = this.fixed(8);
    this.low = this.view.getInt32(at, true);
    this.high = this.view.getInt32(at + 4, true);
  }

  override stringEnd(): number {
    const sizeBytes = this.#varint32();
    const left = this.end - this.at;
    if (sizeBytes < 0 || sizeBytes > left) {
      this.fail(`a string of ${sizeBytes >>> 0} bytes where ${left} are left`);
    }
    return this.at + sizeBytes;
  }

  override list(): number {
    const head = this.#byte();
    this.elementType = this.#typeOf(head & 15);
    const short = head >> 4;
    return this.counted(short === LONG_LIST ? this.#varint32() : short, 1);
  }

  override map(): number {
    const count = this.#varint32();
    if (count === 0) return 0;
    const types = this.#byte();
    this.elementType = this.#typeOf(types >> 4);
    this.valueType = this.#typeOf(types & 15);
    return this.counted(count, 2);
  }

  protected override skipInt16(): void {
    this.#varint32();
  }

  /** The low 32 bits. */
  #varint32(): number {
    const { at } = this;
    if (at < this.end) {
      const byte = this.bytes[at] as number;
      if (byte < 0x80) {
        this.at = at + 1;
        return byte;
      }
    }
    this.#varint64();
    return this.low;
  }

  /** Into `low` and `high`. */
  #varint64(): void {
    const { bytes } = this;
    const start = this.at;
    const stop = Math.min(this.end, start + 10);
    let low = 0;
    let high = 0;
    let shift = 0;
    for (let at = start; at < stop; at++) {
      const byte = bytes[at] as number;
      const bits = byte & 0x7f;
      if (shift < 32) low |= bits << shift;
      // The fifth byte lies in both halves: four bits in the low one, three in the high one.
      if (shift === 28) high = bits >> 4;
      else if (shift > 28) high |= bits << (shift - 32);
      if (byte < 0x80) {
        this.at = at + 1;
        this.low = low;
        this.high = high;
        return;
      }
      shift += 7;
    }
    this.fail(stop === start + 10 ? "a varint of more than 10 bytes" : "a varint is cut off");
  }

  #byte(): number {
    if (this.at >= this.end) this.fail("the bytes end within a value");
    return this.bytes[this.at++] as number;
  }

  #typeOf(type: number): number {
    return TYPES[type] ?? this.fail(`a value of type ${type}`);
  }
}
