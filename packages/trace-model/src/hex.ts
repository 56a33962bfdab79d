const DIGITS = "0123456789abcdef";

/** Lower-case hex of `bytes[start, end)`. */
export function hexOf(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    text += DIGITS.charAt(byte >> 4) + DIGITS.charAt(byte & 15);
  }
  return text;
}

/** Writes the bytes of an even number of hex digits, in any case, to `bytes` at `start`. Digits must be valid. */
export function putHex(hex: string, bytes: Uint8Array, start: number): void {
  for (let i = 0; i < hex.length; i += 2) {
    bytes[start + (i >> 1)] = Number.parseInt(hex.slice(i, i + 2), 16);
  }
}
