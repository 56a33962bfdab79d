import { setTimeout as sleep } from "node:timers/promises";

/** `SHOP_TIME_SCALE` shrinks every duration of the shop alike, its time limits included; 1 by default. */
export const timeScale: number = readScale();

function readScale(): number {
  const text = process.env.SHOP_TIME_SCALE ?? "1";
  const scale = Number(text);
  if (!(scale > 0)) throw new Error(`SHOP_TIME_SCALE=${text}: a number greater than 0 is needed`);
  return scale;
}

/** Stands for work of this length that the shop does not really have. */
export async function work(durationMs: number): Promise<void> {
  await sleep(durationMs * timeScale);
}
