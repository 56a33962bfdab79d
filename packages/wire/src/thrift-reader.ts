// A cursor over Thrift bytes, the same for every protocol: values are asked for by what they are, not by how they are
// written. https://github.com/apache/thrift/blob/master/doc/specs
// As in the protobuf reader all numbers stay int32; 64-bit ones come in two halves instead of a bigint. Nothing is
// reserved for what the bytes only claim: a list of 2^31 elements fails at once where fewer bytes are left.

import { MAX_VALUE_DEPTH, WireError } from "./wire-error.ts";

const MAX_SIZE_BYTES = 0x7fffffff;

/** Types of messages; the others are answers. */
const CALL = 1;
const ONEWAY_CALL = 4;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const NOTHING = new Uint8Array(0);
const NO_VIEW = new DataView(NOTHING.buffer);

/** As the binary protocol numbers them. */
export const ThriftType = {
  stop: 0,
  bool: 2,
  byte: 3,
  double: 4,
  i16: 6,
  i32: 8,
  i64: 10,
  string: 11,
  struct: 12,
  map: 13,
  set: 14,
  list: 15,
  uuid: 16,
} as const;

export abstract class ThriftReader {
  bytes: Uint8Array = NOTHING;
  view: DataView = NO_VIEW;
  at = 0;
  end = 0;
  /** Halves of the last `int64` or `double`. */
  low = 0;
  high = 0;
  /** Types of the last `list` or `map`. */
  elementType = 0;
  valueType = 0;

  reset(bytes: Uint8Array): void {
    if (bytes.byteLength > MAX_SIZE_BYTES) {
      throw new WireError("too-large", `${bytes.byteLength} bytes are more than ${MAX_SIZE_BYTES}`);
    }
    // A Buffer has another hidden class than a Uint8Array; one class keeps every read below monomorphic.
    const plain =
      Object.getPrototypeOf(bytes) === Uint8Array.prototype
        ? bytes
        : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.bytes = plain;
    this.view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
    this.at = 0;
    this.end = plain.length;
  }

  /** Lets go of the input. */
  release(): void {
    this.bytes = NOTHING;
    this.view = NO_VIEW;
  }

  fail(reason: string): never {
    throw new WireError("malformed-thrift", `malformed Thrift at byte ${this.at}: ${reason}`);
  }

  /** Reads what stands before the arguments of a call, which follow as a struct. @returns the method's name */
  abstract call(): string;

  /**
   * The head of a struct's next field.
   * @param previousId number of the field before it, 0 for the first
   * @returns `id << 8 | type`; 0 at the end of the struct
   */
  abstract field(previousId: number): number;

  /** The value of a field; a list's elements are bytes. */
  abstract bool(): boolean;

  abstract int32(): number;

  /** Into `low` and `high`. */
  abstract int64(): void;

  /** Its halves into `low` and `high`. */
  abstract double(): void;

  /** Reads a length; `at` is then the start of the text or bytes. @returns their end */
  abstract stringEnd(): number;

  /** Reads the head of a list or set, its type into `elementType`. @returns how many elements follow */
  abstract list(): number;

  /** Reads the head of a map, its types into `elementType` and `valueType`. @returns how many entries follow */
  abstract map(): number;

  /** Passes over a value of type i16. */
  protected abstract skipInt16(): void;

  /** Reads the head of a list. @returns how many structs follow; 0 for a list of anything else, which is passed over */
  structs(): number {
    const count = this.list();
    if (this.elementType === ThriftType.struct) return count;
    this.#skipElements(this.elementType, count, 1);
    return 0;
  }

  /** Passes over the value of a field that is not known, its head being read. */
  skip(tag: number): void {
    if ((tag & 0xff) === ThriftType.bool) this.bool();
    else this.#skipValue(tag & 0xff, 1);
  }

  text(start: number, end: number): string {
    return start === end ? "" : utf8.decode(this.bytes.subarray(start, end));
  }

  /** Passes over some bytes. @returns where they start */
  fixed(sizeBytes: number): number {
    const at = this.at;
    if (sizeBytes > this.end - at) this.#failShort(sizeBytes);
    this.at = at + sizeBytes;
    return at;
  }

  /** Reads the method's name, and with it that the message is a call. */
  protected called(messageType: number): string {
    if (messageType !== CALL && messageType !== ONEWAY_CALL) {
      this.fail(`a message of type ${messageType} where a call is wanted`);
    }
    const end = this.stringEnd();
    const name = this.text(this.at, end);
    this.at = end;
    return name;
  }

  /** Checks the number of elements that a list or map claims: none takes less than `minBytes`. */
  protected counted(count: number, minBytes: number): number {
    if (count < 0 || count > (this.end - this.at) / minBytes) {
      this.fail(`${count >>> 0} elements where ${this.end - this.at} bytes are left`);
    }
    return count;
  }

  #failShort(sizeBytes: number): never {
    this.fail(`${sizeBytes} bytes wanted where ${this.end - this.at} are left`);
  }

  #skipValue(type: number, depth: number): void {
    switch (type) {
      case ThriftType.bool:
      case ThriftType.byte:
        this.fixed(1);
        return;
      case ThriftType.double:
        this.fixed(8);
        return;
      case ThriftType.i16:
        this.skipInt16();
        return;
      case ThriftType.i32:
        this.int32();
        return;
      case ThriftType.i64:
        this.int64();
        return;
      case ThriftType.string:
        this.at = this.stringEnd();
        return;
      case ThriftType.struct:
        this.#deeper(depth);
        for (let tag = this.field(0); tag !== 0; tag = this.field(tag >> 8)) {
          if ((tag & 0xff) === ThriftType.bool) this.bool();
          else this.#skipValue(tag & 0xff, depth + 1);
        }
        return;
      case ThriftType.map: {
        this.#deeper(depth);
        const count = this.map();
        const { elementType, valueType } = this;
        for (let i = 0; i < count; i++) {
          this.#skipValue(elementType, depth + 1);
          this.#skipValue(valueType, depth + 1);
        }
        return;
      }
      case ThriftType.set:
      case ThriftType.list: {
        this.#deeper(depth);
        const count = this.list();
        this.#skipElements(this.elementType, count, depth + 1);
        return;
      }
      case ThriftType.uuid:
        this.fixed(16);
        return;
      default:
        this.fail(`a value of type ${type}`);
    }
  }

  #skipElements(type: number, count: number, depth: number): void {
    for (let i = 0; i < count; i++) this.#skipValue(type, depth);
  }

  #deeper(depth: number): void {
    if (depth <= MAX_VALUE_DEPTH) return;
    const what = `Thrift nested over ${MAX_VALUE_DEPTH} deep at byte ${this.at}`;
    throw new WireError("nested-too-deeply", what);
  }
}
