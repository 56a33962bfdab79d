// Ids as bytes, big endian, from the forms in which Jaeger sends them.

/** An int64 in two halves. */
export function putInt64(view: DataView, at: number, low: number, high: number): void {
  view.setInt32(at, high);
  view.setInt32(at + 4, low);
}

/** `from[start, end)`, not longer than `sizeBytes`, with zeros before it. */
export function putPadded(
  into: Uint8Array,
  at: number,
  sizeBytes: number,
  from: Uint8Array,
  start: number,
  end: number,
): void {
  const first = at + sizeBytes - (end - start);
  for (let i = at; i < first; i++) into[i] = 0;
  for (let i = start; i < end; i++) into[first + i - start] = from[i] as number;
}

/** For some tens of bytes: cheaper than a view of them and `set`. */
export function copyBytes(
  from: Uint8Array,
  fromAt: number,
  into: Uint8Array,
  at: number,
  sizeBytes: number,
): void {
  for (let i = 0; i < sizeBytes; i++) into[at + i] = from[fromAt + i] as number;
}

export function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (bytes[i] !== 0) return false;
  }
  return true;
}

export function isSame(
  a: Uint8Array,
  aAt: number,
  b: Uint8Array,
  bAt: number,
  sizeBytes: number,
): boolean {
  for (let i = 0; i < sizeBytes; i++) {
    if (a[aAt + i] !== b[bAt + i]) return false;
  }
  return true;
}
