import { createHash } from "node:crypto";

/** The header by which an order takes its dice along from service to service: `seed/index/scenario`. */
export const drawHeader = "x-shop-draw";

/** Which dice an order is thrown with: order `index` of a seed has the same ones in every run, alone or in a crowd. */
export interface DrawKey {
  readonly seed: number;
  readonly index: number;
  readonly scenario: string;
}

/** Uniform in [0, 1). */
export type Draw = (name: string) => number;

/** 48 bits of a hash of (seed, index, name): no state, so neither order nor concurrency changes a draw. */
export function drawsOf(key: DrawKey | undefined): Draw {
  if (key === undefined) return () => Math.random();
  return (name) => {
    const digest = createHash("sha256").update(`${key.seed}/${key.index}/${name}`).digest();
    return digest.readUIntBE(0, 6) / 2 ** 48;
  };
}

export function formatDrawKey({ seed, index, scenario }: DrawKey): string {
  return `${seed}/${index}/${scenario}`;
}

/** Every whole number that a double holds exactly. */
export const maxSeed: number = Number.MAX_SAFE_INTEGER;

export function parseSeed(text: string): number | undefined {
  return /^\d{1,16}$/.test(text) && Number(text) <= maxSeed ? Number(text) : undefined;
}

/** An order without a readable key is thrown with true dice. */
export function parseDrawKey(text: string | string[] | undefined): DrawKey | undefined {
  const match = /^(\d{1,16})\/(\d{1,15})\/([a-z0-9-]{1,64})$/.exec(String(text ?? ""));
  const seed = parseSeed(match?.[1] ?? "");
  if (match?.[3] === undefined || seed === undefined) return undefined;
  return { seed, index: Number(match[2]), scenario: match[3] };
}
