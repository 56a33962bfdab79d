// Ids of files: hex of up to so many digits is padded, anything else is hashed (the same text to the same id, so that
// references meet), and whoever calls keeps the original.

const HEX = /^[0-9a-fA-F]+$/;
const ZEROS = /^0*$/;
const FNV64_OFFSET = 0xcbf29ce484222325n;
const FNV64_PRIME = 0x100000001b3n;
const FNV128_OFFSET = 0x6c62272e07bb014262b821756295c58dn;
const FNV128_PRIME = 0x1000000000000000000013bn;

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
  const prime = digits === 16 ? FNV64_PRIME : FNV128_PRIME;
  let hash = digits === 16 ? FNV64_OFFSET : FNV128_OFFSET;
  for (const byte of utf8.encode(text)) {
    hash = BigInt.asUintN(digits * 4, (hash ^ BigInt(byte)) * prime);
  }
  const hex = hash.toString(16).padStart(digits, "0");
  return ZEROS.test(hex) ? "1".padStart(digits, "0") : hex;
}

/** The attribute that keeps a span id which was hashed. */
export const ORIGINAL_ID_KEY = "culprit.original_id";
/** The same for a trace id. */
export const ORIGINAL_TRACE_ID_KEY = "culprit.original_trace_id";
