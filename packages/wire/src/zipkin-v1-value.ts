// The value of a binary annotation in version 1's JSON: a string, a number or a truth, and the name of a type, which may
// be missing. What does not fit its type stays the text that it is.

import { TagType } from "./jaeger-tag-table.ts";

const INTEGER = /^-?\d{1,19}$/;
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

export class ZipkinV1Value {
  /** As a tag table has them. */
  type: number = TagType.string;
  low = 0;
  high = 0;
  readonly #bits = new DataView(new ArrayBuffer(8));

  /**
   * @param bytes in which base64 is decoded in place
   * @param isText whether the text at `[start, end)` was in quotes
   * @param type one of Thrift's names, or ""
   */
  read(bytes: Uint8Array, start: number, end: number, isText: boolean, type: string): void {
    this.type = TagType.string;
    this.low = start;
    this.high = end;
    if (type === "STRING" || (isText && type === "")) return;
    const text = utf8.decode(bytes.subarray(start, end));
    const isInteger = INTEGER.test(text);
    switch (type === "" ? typeOf(text, isInteger) : type) {
      case "BOOL":
        if (text === "true" || text === "false")
          this.#set(TagType.bool, text === "true" ? 1 : 0, 0);
        return;
      case "I16":
      case "I32":
      case "I64":
        if (isInteger) this.#integer(BigInt(text));
        return;
      case "DOUBLE":
        this.#double(text);
        return;
      case "BYTES":
        this.#base64(bytes, text);
        return;
    }
  }

  #set(type: number, low: number, high: number): void {
    this.type = type;
    this.low = low;
    this.high = high;
  }

  #integer(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) return;
    const high = Number(BigInt.asIntN(32, value >> 32n));
    this.#set(TagType.int64, Number(BigInt.asIntN(32, value)), high);
  }

  #double(text: string): void {
    const value = Number(text);
    if (text.trim() === "" || (Number.isNaN(value) && text !== "NaN")) return;
    this.#bits.setFloat64(0, value, true);
    this.#set(TagType.float64, this.#bits.getInt32(0, true), this.#bits.getInt32(4, true));
  }

  #base64(bytes: Uint8Array, text: string): void {
    let binary: string;
    try {
      binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    } catch {
      return;
    }
    for (let i = 0; i < binary.length; i++) bytes[this.low + i] = binary.charCodeAt(i);
    this.#set(TagType.binary, this.low, this.low + binary.length);
  }
}

function typeOf(text: string, isInteger: boolean): string {
  if (text === "true" || text === "false") return "BOOL";
  return isInteger ? "I64" : "DOUBLE";
}
