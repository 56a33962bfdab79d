// Strings of JSON, read where they lie: what their escapes mean is written over them, since it is never longer than what
// they say. https://www.rfc-editor.org/rfc/rfc8259

import { hexDigit } from "./hex-digits.ts";
import { WireError } from "./wire-error.ts";

const NOTHING = new Uint8Array(0);
export const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

/** What stands after a backslash, and the byte that it means. */
const ESCAPED: ReadonlyMap<number, number> = new Map(
  ['""', "\\\\", "//", "b\b", "f\f", "n\n", "r\r", "t\t"].map((pair) => [
    pair.charCodeAt(0),
    pair.charCodeAt(1),
  ]),
);

export class JsonStrings {
  /** The document, in which escapes are undone as strings are read. */
  bytes: Uint8Array = NOTHING;
  at = 0;
  /** The last key or string that was read. */
  textStart = 0;
  textEnd = 0;

  fail(reason: string): never {
    throw new WireError("malformed-json", `malformed JSON at byte ${this.at}: ${reason}`);
  }

  /** From its opening quote. */
  protected string(): void {
    const bytes = this.bytes;
    const end = bytes.length;
    let at = this.at + 1;
    this.textStart = at;
    while (at < end) {
      const byte = bytes[at] as number;
      if (byte <= BACKSLASH) {
        if (byte === QUOTE) {
          this.textEnd = at;
          this.at = at + 1;
          return;
        }
        if (byte === BACKSLASH) {
          this.#escapedString(at);
          return;
        }
        if (byte < 0x20) this.#failControl(at);
      }
      at++;
    }
    this.fail("a string without an end");
  }

  /** @param escapeAt its first escape */
  #escapedString(escapeAt: number): void {
    const bytes = this.bytes;
    const end = bytes.length;
    let at = escapeAt;
    let to = escapeAt;
    while (at < end) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        this.textEnd = to;
        this.at = at + 1;
        return;
      }
      if (byte < 0x20) this.#failControl(at);
      if (byte !== BACKSLASH) {
        bytes[to++] = byte;
        at++;
      } else if (bytes[at + 1] === LETTER_U) {
        let code = this.#codeUnit(at);
        at += 6;
        if (isHighSurrogate(code) && bytes[at] === BACKSLASH && bytes[at + 1] === LETTER_U) {
          const low = this.#codeUnit(at);
          if (isLowSurrogate(low)) {
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            at += 6;
          }
        }
        to = putUtf8(bytes, to, code);
      } else {
        const meant = ESCAPED.get(bytes[at + 1] ?? 0);
        if (meant === undefined) {
          this.at = at;
          this.fail("an escape that JSON does not know");
        }
        bytes[to++] = meant;
        at += 2;
      }
    }
    this.fail("a string without an end");
  }

  /** Of `\uXXXX` at `at`. */
  #codeUnit(at: number): number {
    const { bytes } = this;
    let code = 0;
    for (let i = at + 2; i < at + 6; i++) {
      const digit = hexDigit(bytes[i]);
      if (digit > 15) {
        this.at = at;
        this.fail("an escape that JSON does not know");
      }
      code = (code << 4) | digit;
    }
    return code;
  }

  #failControl(at: number): never {
    this.at = at;
    this.fail("a control character in a string");
  }
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code < 0xe000;
}

/** Half of a character becomes U+FFFD. @returns where it ends */
function putUtf8(bytes: Uint8Array, at: number, code: number): number {
  const point = code >= 0xd800 && code < 0xe000 ? 0xfffd : code;
  let to = at;
  if (point < 0x80) {
    bytes[to++] = point;
    return to;
  }
  if (point < 0x800) {
    bytes[to++] = 0xc0 | (point >> 6);
  } else {
    if (point < 0x10000) {
      bytes[to++] = 0xe0 | (point >> 12);
    } else {
      bytes[to++] = 0xf0 | (point >> 18);
      bytes[to++] = 0x80 | ((point >> 12) & 0x3f);
    }
    bytes[to++] = 0x80 | ((point >> 6) & 0x3f);
  }
  bytes[to++] = 0x80 | (point & 0x3f);
  return to;
}
