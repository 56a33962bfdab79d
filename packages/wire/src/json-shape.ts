// What a JSON document is, told from its bytes without parsing it: files may be larger than any string.

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const LINE_FEED = 0x0a;

const utf8 = new TextDecoder();

export function isJsonSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === LINE_FEED || byte === 0x0d;
}

export function isJsonStart(byte: number | undefined): boolean {
  return byte === OPEN_OBJECT || byte === OPEN_ARRAY;
}

/** Where the first byte that is not white space (or a byte order mark) stands at or after `at`. */
export function skipJsonSpace(bytes: Uint8Array, at: number): number {
  let i = at;
  if (i === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) i = 3;
  while (i < bytes.length && isJsonSpace(bytes[i])) i++;
  return i;
}

/** The end of the string whose opening quote stands at `at`: the place after its closing quote. */
function stringEnd(bytes: Uint8Array, at: number, end: number): number {
  for (let i = at + 1; i < end; i++) {
    if (bytes[i] === BACKSLASH) i++;
    else if (bytes[i] === QUOTE) return i + 1;
  }
  return end;
}

/**
 * Reads the keys of the first object (also one in arrays) until `isDecisive` knows one.
 * @param at the first byte of the document
 * @returns that key; undefined when the object or the document ends first
 */
export function findKey(
  bytes: Uint8Array,
  at: number,
  isDecisive: (key: string) => boolean,
): string | undefined {
  let depth = 0;
  let objectDepth = 0;
  let isKeyNext = false;
  let i = at;
  while (i < bytes.length) {
    const byte = bytes[i];
    if (byte === QUOTE) {
      const end = stringEnd(bytes, i, bytes.length);
      if (isKeyNext && depth === objectDepth) {
        isKeyNext = false;
        const key = utf8.decode(bytes.subarray(i + 1, end - 1));
        if (isDecisive(key)) return key;
      }
      i = end;
      continue;
    }
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      depth++;
      if (byte === OPEN_OBJECT && objectDepth === 0) {
        objectDepth = depth;
        isKeyNext = true;
      }
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      if (depth === objectDepth || --depth === 0) return undefined;
    } else if (byte === COMMA && depth === objectDepth) {
      isKeyNext = true;
    }
    i++;
  }
  return undefined;
}

/** Whether every bracket that opens in `bytes[start, end)` also closes there. */
export function isBalanced(bytes: Uint8Array, start: number, end: number): boolean {
  let depth = 0;
  let i = start;
  while (i < end) {
    const byte = bytes[i];
    if (byte === QUOTE) {
      i = stringEnd(bytes, i, end);
      continue;
    }
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth--;
    i++;
  }
  return depth === 0;
}

/** The end of the line in which `at` stands: its line feed, or the end of the bytes. */
export function lineEnd(bytes: Uint8Array, at: number): number {
  const found = bytes.indexOf(LINE_FEED, at);
  return found < 0 ? bytes.length : found;
}
