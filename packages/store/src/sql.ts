/** A string literal. Bytes that are not text come as `unhex('…')`, see {@link quoteHex}. */
export function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** Hex digits as the bytes they stand for. */
export function quoteHex(hex: string): string {
  if (!/^(?:[0-9a-f]{2})*$/.test(hex)) throw new Error(`not lower-case hex: ${hex}`);
  return `unhex('${hex}')`;
}

/** The nearest value that a UInt64 can hold. */
export function clampUint64(value: bigint): bigint {
  return value < 0n ? 0n : BigInt.asUintN(64, value) === value ? value : 2n ** 64n - 1n;
}
