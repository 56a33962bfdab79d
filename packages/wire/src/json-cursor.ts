// A cursor over the bytes of a JSON document, for formats that come by the million: nothing is parsed into objects, text
// stays where it lies. Strings with escapes are unescaped in place (what they mean is never longer than what they say),
// in a copy of the document, which costs a fiftieth of reading it.
// https://www.rfc-editor.org/rfc/rfc8259

import { jsonPathAt, jsonValueShown } from "./json-path.ts";
import { isJsonSpace, skipJsonSpace } from "./json-shape.ts";
import { JsonStrings, QUOTE } from "./json-strings.ts";
import { MAX_VALUE_DEPTH, WireError } from "./wire-error.ts";

const MAX_SIZE_BYTES = 0x7fffffff;
/** A copy of so many bytes is kept for the next document: a request seldom has more. */
const KEPT_BYTES = 1024 * 1024;
const NOTHING = new Uint8Array(0);
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const COLON = 0x3a;
export const OPEN_ARRAY = 0x5b;
export const CLOSE_ARRAY = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

const LITERALS: readonly Uint8Array[] = ["true", "false", "null"].map((literal) =>
  encoder.encode(literal),
);
export class JsonCursor extends JsonStrings {
  #document: Uint8Array = NOTHING;
  #kept: Uint8Array = NOTHING;

  reset(bytes: Uint8Array): void {
    const sizeBytes = bytes.byteLength;
    if (sizeBytes > MAX_SIZE_BYTES) {
      throw new WireError("too-large", `${sizeBytes} bytes are more than ${MAX_SIZE_BYTES}`);
    }
    let copy = this.#kept;
    if (sizeBytes > copy.length) {
      copy = new Uint8Array(
        sizeBytes > KEPT_BYTES ? sizeBytes : Math.min(KEPT_BYTES, sizeBytes * 2),
      );
      if (copy.length <= KEPT_BYTES) this.#kept = copy;
    }
    copy.set(bytes);
    this.bytes = copy.length === sizeBytes ? copy : copy.subarray(0, sizeBytes);
    this.#document = bytes;
    this.at = skipJsonSpace(bytes, 0);
  }

  /** Lets go of the input. */
  release(): void {
    this.bytes = this.#document = NOTHING;
  }

  /** Moves to the next byte that is no white space. @returns it, 0 at the end */
  peek(): number {
    const bytes = this.bytes;
    let at = this.at;
    while (at < bytes.length) {
      const byte = bytes[at] as number;
      if (byte > 0x20 || !isJsonSpace(byte)) {
        this.at = at;
        return byte;
      }
      at++;
    }
    this.at = at;
    return 0;
  }

  /** The value at the cursor is not of the type that it should have. */
  failType(wanted: string): never {
    if (this.peek() === 0) this.fail("it ends too early");
    const path = jsonPathAt(this.#document, this.at);
    const found = jsonValueShown(this.#document, this.at);
    const where = path === "" ? "" : `${path}: `;
    throw new WireError("wrong-type", `${where}${wanted} wanted, found ${found}`);
  }

  /** Goes into an object. @returns whether it has a key, which is next */
  object(): boolean {
    if (this.peek() !== OPEN_OBJECT) this.failType("an object");
    this.at++;
    return !this.#closes(CLOSE_OBJECT);
  }

  /** Goes into an array. @returns whether it has an element, which is next */
  array(): boolean {
    if (this.peek() !== OPEN_ARRAY) this.failType("an array");
    this.at++;
    return !this.#closes(CLOSE_ARRAY);
  }

  /** After a value. @returns whether another one (or its key) is next, in what ends with `close` */
  more(close: number): boolean {
    const byte = this.peek();
    if (byte === COMMA) {
      this.at++;
      return true;
    }
    if (byte !== close) this.fail(`"," or "${String.fromCharCode(close)}" wanted`);
    this.at++;
    return false;
  }

  /** A key and its colon; the value is next. */
  key(): void {
    if (this.peek() !== QUOTE) this.fail("a key wanted");
    this.string();
    if (this.peek() !== COLON) this.fail('":" wanted');
    this.at++;
  }

  /** Whether the last key or string is this text. */
  is(text: Uint8Array): boolean {
    const { bytes, textStart } = this;
    if (this.textEnd - textStart !== text.length) return false;
    for (let i = 0; i < text.length; i++) {
      if (bytes[textStart + i] !== text[i]) return false;
    }
    return true;
  }

  /** A string; null is an empty one. */
  text(): void {
    const byte = this.peek();
    if (byte === QUOTE) {
      this.string();
    } else if (this.null()) {
      this.textStart = this.textEnd = this.at;
    } else {
      this.failType("a string");
    }
  }

  /** A string; a number or a truth as the text that it is written with; null is empty. @returns whether it had quotes */
  scalar(wanted: string = "a string"): boolean {
    const byte = this.peek();
    if (byte === QUOTE || byte === 0x6e) {
      this.text();
      return true;
    }
    if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) this.failType(wanted);
    const start = this.at;
    this.skip();
    this.textStart = start;
    this.textEnd = this.at;
    return false;
  }

  /** Passes over null. @returns whether it was one */
  null(): boolean {
    if (this.peek() !== 0x6e) return false;
    this.#literal();
    return true;
  }

  /** Passes over a number of digits alone. @returns it, when it is a safe integer; else -1, and nothing is passed over */
  digits(): number {
    const bytes = this.bytes;
    this.peek();
    let at = this.at;
    let value = 0;
    while (at < bytes.length) {
      const byte = bytes[at] as number;
      if (byte < 0x30 || byte > 0x39) {
        if (at === this.at || byte === DOT || (byte | 0x20) === 0x65) return -1;
        break;
      }
      value = value * 10 + (byte - 0x30);
      at++;
    }
    const isZeroLed = bytes[this.at] === 0x30 && at - this.at > 1;
    if (value > Number.MAX_SAFE_INTEGER || at === this.at || isZeroLed) return -1;
    this.at = at;
    return value;
  }

  /** Passes over any number, whose text is the last one then. @returns whether it is an integer */
  number(): boolean {
    const bytes = this.bytes;
    const start = this.at;
    let isInteger = true;
    if (bytes[this.at] === MINUS) this.at++;
    const first = this.at;
    if (this.#passDigits() > 1 && bytes[first] === 0x30) this.fail("a number that begins with 0");
    if (bytes[this.at] === DOT) {
      isInteger = false;
      this.at++;
      this.#passDigits();
    }
    if (((bytes[this.at] ?? 0) | 0x20) === 0x65) {
      isInteger = false;
      this.at++;
      const sign = bytes[this.at];
      if (sign === MINUS || sign === 0x2b) this.at++;
      this.#passDigits();
    }
    this.textStart = start;
    this.textEnd = this.at;
    return isInteger;
  }

  /** The last text, as JavaScript has it. */
  textValue(): string {
    return utf8.decode(this.bytes.subarray(this.textStart, this.textEnd));
  }

  /** Passes over any value. @returns whether it was `true` */
  skip(depth: number = 1): boolean {
    const byte = this.peek();
    switch (byte) {
      case QUOTE:
        this.string();
        return false;
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        if (depth > MAX_VALUE_DEPTH) {
          const what = `JSON nested over ${MAX_VALUE_DEPTH} deep at byte ${this.at}`;
          throw new WireError("nested-too-deeply", what);
        }
        if (byte === OPEN_OBJECT) this.#skipObject(depth);
        else this.#skipArray(depth);
        return false;
      case 0x74:
      case 0x66:
      case 0x6e:
        this.#literal();
        return byte === 0x74;
      default:
        if (byte !== MINUS && (byte < 0x30 || byte > 0x39)) {
          this.fail(byte === 0 ? "it ends too early" : "a value wanted");
        }
        this.number();
        return false;
    }
  }

  /** Nothing but white space may follow the document. */
  end(): void {
    if (this.peek() !== 0 || this.at < this.bytes.length) this.fail("more than one document");
  }

  #closes(close: number): boolean {
    if (this.peek() !== close) return false;
    this.at++;
    return true;
  }

  #passDigits(): number {
    const bytes = this.bytes;
    const start = this.at;
    let at = start;
    while (at < bytes.length && (bytes[at] as number) >= 0x30 && (bytes[at] as number) <= 0x39)
      at++;
    this.at = at;
    if (at === start) this.fail("a digit wanted");
    return at - start;
  }

  #literal(): void {
    const bytes = this.bytes;
    const at = this.at;
    for (const literal of LITERALS) {
      if (bytes[at] !== literal[0]) continue;
      for (let i = 1; i < literal.length; i++) {
        if (bytes[at + i] !== literal[i]) this.fail("a value wanted");
      }
      this.at = at + literal.length;
      return;
    }
  }

  #skipObject(depth: number): void {
    for (let more = this.object(); more; more = this.more(CLOSE_OBJECT)) {
      this.key();
      this.skip(depth + 1);
    }
  }

  #skipArray(depth: number): void {
    for (let more = this.array(); more; more = this.more(CLOSE_ARRAY)) this.skip(depth + 1);
  }
}
