// Durations as Go writes them, which is what Jaeger's search takes: "1.2s", "1h2m", "4.5us", "-5ms", "0".
// https://pkg.go.dev/time#ParseDuration

const UNIT_NANOS: ReadonlyMap<string, number> = new Map([
  ["ns", 1],
  ["us", 1e3],
  ["µs", 1e3], // U+00B5
  ["μs", 1e3], // U+03BC
  ["ms", 1e6],
  ["s", 1e9],
  ["m", 60e9],
  ["h", 3600e9],
]);

const PART = /(\d+\.?\d*|\.\d+)([a-zµμ]+)/gy;

/** Nanoseconds, undefined when it is not a duration. */
export function parseGoDuration(text: string): number | undefined {
  const sign = text.startsWith("-") ? -1 : 1;
  const unsigned = text.replace(/^[+-]/, "");
  if (unsigned === "0") return 0;
  if (unsigned === "") return undefined;
  let nanos = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < unsigned.length) {
    const part = PART.exec(unsigned);
    const unitNanos = UNIT_NANOS.get(part?.[2] ?? "");
    if (part === null || unitNanos === undefined) return undefined;
    nanos += Number(part[1]) * unitNanos;
  }
  // 0.0045 s is 4,500,000 ns and not 4,499,999.999…
  return sign * Math.round(nanos);
}
