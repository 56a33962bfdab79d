// Protobuf bytes, growing as they are written. Lengths of messages are not known in advance: a message is written
// after a gap of one byte for its length, and moved in the rare case that the length needs more.

import { putHex } from "@culprit/trace-model";

const utf8 = new TextEncoder();

export class ProtobufWriter {
  #bytes: Uint8Array = new Uint8Array(4096);
  #view: DataView = new DataView(this.#bytes.buffer);
  #used = 0;

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#used);
  }

  /** @param value 0 to 2^53-1 */
  varint(value: number): void {
    this.#room(10);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#used++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#used++] = rest;
  }

  /** int64 and int32: negative ones take ten bytes. */
  int64(value: bigint): void {
    this.#room(10);
    let rest = BigInt.asUintN(64, value);
    while (rest >= 0x80n) {
      this.#bytes[this.#used++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#used++] = Number(rest);
  }

  fixed64(value: bigint): void {
    this.#room(8);
    this.#view.setBigUint64(this.#used, BigInt.asUintN(64, value), true);
    this.#used += 8;
  }

  fixed32(value: number): void {
    this.#room(4);
    this.#view.setUint32(this.#used, value, true);
    this.#used += 4;
  }

  double(value: number): void {
    this.#room(8);
    this.#view.setFloat64(this.#used, value, true);
    this.#used += 8;
  }

  text(tag: number, text: string): void {
    this.bytes(tag, utf8.encode(text));
  }

  bytes(tag: number, bytes: Uint8Array): void {
    this.varint(tag);
    this.varint(bytes.length);
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** Left out when it is empty, as proto3 does with defaults. */
  textField(tag: number, text: string): void {
    if (text !== "") this.text(tag, text);
  }

  /** Left out when it is 0. @param value 0 to 2^53-1 */
  numberField(tag: number, value: number): void {
    if (value === 0) return;
    this.varint(tag);
    this.varint(value);
  }

  /** @param hex an even number of digits */
  hexField(tag: number, hex: string): void {
    const bytes = new Uint8Array(hex.length >> 1);
    putHex(hex, bytes, 0);
    this.bytes(tag, bytes);
  }

  /** @param write writes the fields of the message */
  message(tag: number, write: () => void): void {
    this.varint(tag);
    this.#room(1);
    const lengthAt = this.#used++;
    write();
    const size = this.#used - lengthAt - 1;
    let extra = 0;
    for (let rest = size; rest >= 0x80; rest = Math.floor(rest / 0x80)) extra++;
    if (extra > 0) {
      this.#room(extra);
      this.#bytes.copyWithin(lengthAt + 1 + extra, lengthAt + 1, this.#used);
    }
    this.#used = lengthAt;
    this.varint(size);
    this.#used += size;
  }

  #room(sizeBytes: number): void {
    if (this.#used + sizeBytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#used + sizeBytes));
    larger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
