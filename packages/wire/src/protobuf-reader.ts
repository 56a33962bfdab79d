// A cursor over protobuf bytes. https://protobuf.dev/programming-guides/encoding/
// Every read is given the end of the message it belongs to and never passes it. All numbers stay int32, which V8 keeps
// unboxed; 64-bit integers come in two halves instead of a bigint.

import { WireError } from "./wire-error.ts";

const MAX_SIZE_BYTES = 0x7fffffff;
/** Groups are deprecated and never part of OTLP; nobody nests unknown ones deeper than this. */
const MAX_GROUP_DEPTH = 64;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const NOTHING = new Uint8Array(0);
const NO_VIEW = new DataView(NOTHING.buffer);

export class ProtobufReader {
  bytes: Uint8Array = NOTHING;
  view: DataView = NO_VIEW;
  at = 0;
  /** Halves of the last `varint64`. */
  low = 0;
  high = 0;

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
  }

  /** Lets go of the input. */
  release(): void {
    this.bytes = NOTHING;
    this.view = NO_VIEW;
  }

  fail(reason: string): never {
    throw new WireError("malformed-protobuf", `malformed protobuf at byte ${this.at}: ${reason}`);
  }

  /** The low 32 bits. */
  varint32(end: number): number {
    const at = this.at;
    if (at < end) {
      const byte = this.bytes[at] as number;
      if (byte < 0x80) {
        this.at = at + 1;
        return byte;
      }
    }
    this.varint64(end);
    return this.low;
  }

  /** Into `low` and `high`. */
  varint64(end: number): void {
    const bytes = this.bytes;
    const start = this.at;
    const stop = Math.min(end, start + 10);
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

  /** Reads a length; `at` is then the start of the field. @returns its end */
  lengthEnd(end: number): number {
    const at = this.at;
    if (at < end) {
      const size = this.bytes[at] as number;
      if (size < 0x80 && size < end - at) {
        this.at = at + 1;
        return at + 1 + size;
      }
    }
    return this.#longLengthEnd(end);
  }

  #longLengthEnd(end: number): number {
    const start = this.at;
    this.varint64(end);
    if (this.high !== 0 || this.low < 0 || this.low > end - this.at) {
      const size = (this.high >>> 0) * 2 ** 32 + (this.low >>> 0);
      const left = end - this.at;
      this.at = start;
      this.fail(`a field of ${size} bytes where ${left} are left`);
    }
    return this.at + this.low;
  }

  /** Passes over a field of fixed size. @returns where it starts */
  fixed(sizeBytes: number, end: number): number {
    const at = this.at;
    if (sizeBytes > end - at) this.fail(`${sizeBytes} bytes wanted where ${end - at} are left`);
    this.at = at + sizeBytes;
    return at;
  }

  text(start: number, end: number): string {
    return start === end ? "" : utf8.decode(this.bytes.subarray(start, end));
  }

  /** Passes over the value of a field that is not known, its tag being read. */
  skip(tag: number, end: number): void {
    if (tag >>> 3 === 0) this.fail("field number 0");
    switch (tag & 7) {
      case 0:
        this.varint64(end);
        return;
      case 1:
        this.fixed(8, end);
        return;
      case 2:
        this.at = this.lengthEnd(end);
        return;
      case 3:
        this.#skipGroup(tag, end);
        return;
      case 5:
        this.fixed(4, end);
        return;
      case 4:
        this.fail("the end of a group that was never begun");
        break;
      default:
        this.fail(`wire type ${tag & 7}`);
    }
  }

  #skipGroup(tag: number, end: number): void {
    const open = [tag >>> 3];
    while (open.length > 0) {
      if (this.at >= end) this.fail("a group without an end");
      const inner = this.varint32(end);
      const type = inner & 7;
      if (type === 3) {
        if (open.length === MAX_GROUP_DEPTH)
          this.fail(`groups nested over ${MAX_GROUP_DEPTH} deep`);
        open.push(inner >>> 3);
      } else if (type === 4) {
        if (open.pop() !== inner >>> 3) this.fail("the end of another group");
      } else {
        this.skip(inner, end);
      }
    }
  }
}
