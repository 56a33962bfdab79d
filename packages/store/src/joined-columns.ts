interface Joinable {
  readonly length: number;
  set(other: this, at: number): void;
}

/** The columns of an answer's blocks as one. */
export function joined<T extends Joinable>(
  Kind: new (length: number) => T,
  parts: readonly T[],
): T {
  const all = new Kind(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
