/** An IP address of 4 or 16 bytes as text (RFC 5952; one that is mapped from version 4 as that). */
export function addressText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start === 4) return bytes.subarray(start, end).join(".");
  const groups: number[] = [];
  for (let i = start; i < end; i += 2) {
    groups.push(((bytes[i] as number) << 8) | (bytes[i + 1] as number));
  }
  if (groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)) {
    return bytes.subarray(start + 12, end).join(".");
  }
  const { from, length } = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(":");
  return `${hex.slice(0, from).join(":")}::${hex.slice(from + length).join(":")}`;
}

function longestZeros(groups: readonly number[]): { from: number; length: number } {
  let best = { from: 0, length: 0 };
  for (let from = 0; from < groups.length; from++) {
    let length = 0;
    while (groups[from + length] === 0) length++;
    if (length > best.length) best = { from, length };
  }
  return best;
}
