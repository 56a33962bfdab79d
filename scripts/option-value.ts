import { maxSeed, parseSeed } from "@culprit/shop";

/** An option whose value will not do: its message says what would, so the usage need not follow. */
export class BadValue extends Error {}

export function readSeed(text: string): number {
  const seed = parseSeed(text);
  if (seed !== undefined) return seed;
  throw new BadValue(`--seed takes a whole number from 0 to ${maxSeed}, not "${text}".`);
}

export function readPort(name: string, text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new BadValue(`--${name} takes a whole number from 0 to 65535, not "${text}".`);
}

/** `--seed -1` as `--seed=-1`: `parseArgs` would take the value for another option. */
export function joinNegativeValues(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const option = joined.at(-1);
    if (/^-\d/.test(arg) && option !== undefined && /^--[a-z-]+$/.test(option)) {
      joined[joined.length - 1] = `${option}=${arg}`;
    } else {
      joined.push(arg);
    }
  }
  return joined;
}
