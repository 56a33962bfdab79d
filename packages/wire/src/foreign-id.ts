// Ids of files: hex of up to so many digits is padded, anything else is hashed (the same text to the same id, so that
// references meet), and whoever calls keeps the original.

const HEX = /^[0-9a-fA-F]+$/;
const ZEROS = /^0*$/;
const WORD = 2 ** 32;

const utf8 = new TextEncoder();

export interface ForeignId {
  /** Lower-case hex; "" for an id of zeros or none. */
  readonly id: string;
  readonly isHashed: boolean;
}

export function foreignId(text: string, digits: 16 | 32): ForeignId {
  if (ZEROS.test(text)) return { id: "", isHashed: false };
  if (text.length <= digits && HEX.test(text)) {
    return { id: text.toLowerCase().padStart(digits, "0"), isHashed: false };
  }
  return { id: fnv1a(text, digits), isHashed: true };
}

/** http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(text: string, digits: 16 | 32): string {
  const bytes = utf8.encode(text);
  const words = digits === 16 ? fnv64(bytes) : fnv128(bytes);
  const hex = words.map((word) => word.toString(16).padStart(8, "0")).join("");
  return ZEROS.test(hex) ? "1".padStart(digits, "0") : hex;
}

// Words of 32 bits instead of a bigint: an id may be as long as the input, and a byte costs a twentieth. The primes have
// one high bit, which shifts, and low ones, which multiply within a double's 53 bits.

/** The prime is 2^40 + 0x1b3. */
function fnv64(bytes: Uint8Array): number[] {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (const byte of bytes) {
    low = (low ^ byte) >>> 0;
    const product = low * 0x1b3;
    high = (Math.imul(high, 0x1b3) + Math.floor(product / WORD) + (low << 8)) >>> 0;
    low = product >>> 0;
  }
  return [high, low];
}

/** The prime is 2^88 + 0x13b. */
function fnv128(bytes: Uint8Array): number[] {
  let d = 0x6c62272e;
  let c = 0x07bb0142;
  let b = 0x62b82175;
  let a = 0x6295c58d;
  for (const byte of bytes) {
    a = (a ^ byte) >>> 0;
    const shiftedC = a << 24;
    const shiftedD = (b << 24) | (a >>> 8);
    let product = a * 0x13b;
    a = product >>> 0;
    product = b * 0x13b + Math.floor(product / WORD);
    b = product >>> 0;
    product = c * 0x13b + Math.floor(product / WORD) + (shiftedC >>> 0);
    c = product >>> 0;
    d = (Math.imul(d, 0x13b) + Math.floor(product / WORD) + shiftedD) >>> 0;
  }
  return [d, c, b, a];
}

/** The attribute that keeps a span id which was hashed. */
export const ORIGINAL_ID_KEY = "culprit.original_id";
/** The same for a trace id. */
export const ORIGINAL_TRACE_ID_KEY = "culprit.original_trace_id";
