// Durations are nanoseconds, absolute times decimal strings of nanoseconds since the epoch (both may exceed what an eye
// wants to read): three significant digits everywhere, one unit.

const UNITS: readonly (readonly [nanos: number, unit: string])[] = [
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "µs"],
];

export function formatDuration(nanos: number): string {
  if (nanos >= 59.995e9) return formatMinutes(nanos);
  for (const [size, unit] of UNITS) {
    // 999.5 µs would round to "1000 µs": it belongs to the next unit.
    if (nanos >= size * 0.9995) return `${threeDigits(nanos / size)} ${unit}`;
  }
  return nanos === 0 ? "0 s" : `${Math.round(nanos)} ns`;
}

function threeDigits(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

function formatMinutes(nanos: number): string {
  const seconds = Math.round(nanos / 1e9);
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  if (hours >= 48) return `${Math.floor(hours / 24)} d ${two(hours % 24)} h`;
  if (hours > 0) return `${hours} h ${two(minutes)} min`;
  return `${minutes} min ${two(seconds % 60)} s`;
}

export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return "<0.1 %";
  return percent >= 9.95 ? `${percent.toFixed(0)} %` : `${percent.toFixed(1)} %`;
}

export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

export function unixMillis(unixNano: string): number {
  return Number(BigInt(unixNano) / 1_000_000n);
}

/** Local time of day to the millisecond. */
export function formatClock(unixNano: string): string {
  const date = new Date(unixMillis(unixNano));
  const millis = String(date.getMilliseconds()).padStart(3, "0");
  return `${date.toLocaleTimeString("en-GB")}.${millis}`;
}

/** Local date: without the year when it is this year's. */
export function formatDate(unixNano: string, now: number): string {
  const date = new Date(unixMillis(unixNano));
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  return date.toLocaleDateString("en-GB", {
    day: "numeric",
    month: "short",
    ...(sameYear ? {} : { year: "numeric" }),
  });
}

export function formatAge(unixNano: string, now: number): string {
  const seconds = Math.round((now - unixMillis(unixNano)) / 1000);
  if (seconds < 0) return "in the future";
  if (seconds < 5) return "now";
  if (seconds < 60) return `${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  if (hours < 48) return `${hours} h ago`;
  const days = Math.round(hours / 24);
  return days < 730 ? `${days} d ago` : `${Math.round(days / 365)} y ago`;
}

/** UTC to the nanosecond, for titles and copies. */
export function formatInstant(unixNano: string): string {
  const nanos = BigInt(unixNano);
  const date = new Date(Number(nanos / 1_000_000n));
  if (Number.isNaN(date.getTime())) return `${unixNano} ns`;
  const fraction = String(nanos % 1_000_000_000n).padStart(9, "0");
  return date.toISOString().replace(/\.\d+Z$/, `.${fraction}Z`);
}
