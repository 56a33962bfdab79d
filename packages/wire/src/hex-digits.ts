const NO_DIGIT = 0xff;

/** What a byte is as a hex digit. */
const DIGIT: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(digit) ? NO_DIGIT : digit;
});

/** The value of a hex digit in any case; over 15 for what is none. */
export function hexDigit(byte: number | undefined): number {
  return DIGIT[byte ?? 0] as number;
}

/**
 * Writes the bytes of the hex digits `from[start, end)` to `to[at, at + sizeBytes)`, after zeros where they are fewer.
 * @returns false when they are more, or no digits; then what was written is arbitrary
 */
export function putPaddedHex(
  from: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  at: number,
  sizeBytes: number,
): boolean {
  if (end - start > sizeBytes * 2) return false;
  let digit = end - 1;
  for (let i = at + sizeBytes - 1; i >= at; i--, digit -= 2) {
    const low = digit >= start ? (DIGIT[from[digit] as number] as number) : 0;
    const high = digit > start ? (DIGIT[from[digit - 1] as number] as number) : 0;
    if ((low | high) > 15) return false;
    to[i] = (high << 4) | low;
  }
  return true;
}
