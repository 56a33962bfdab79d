/** A string literal. Bytes that are not text come as `unhex('…')`, see {@link quoteHex}. */
export function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** Hex digits as the bytes they stand for. */
export function quoteHex(hex: string): string {
  if (!/^(?:[0-9a-f]{2})*$/.test(hex)) throw new Error(`not lower-case hex: ${hex}`);
  return `unhex('${hex}')`;
}
