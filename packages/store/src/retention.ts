// What is older than the retention goes: whole days at once, the rest of the last day span by span.

import type { Engine } from "./engine.ts";
import { selectRows } from "./native-rows.ts";

/** Counts from arrival. @param retentionMs at least 1 ms */
export async function dropExpired(
  engine: Engine,
  retentionMs: number,
  nowUnixMs: number = Date.now(),
): Promise<void> {
  const cutoffMs = nowUnixMs - retentionMs;
  const cutoffDay = new Date(cutoffMs).toISOString().slice(0, 10);
  for (const table of ["spans", "operations", "verdicts", "callees", "instances"]) {
    const expired = await selectRows(
      engine,
      `select distinct partition from system.parts where database = 'culprit' and table = '${table}'
       and active and partition < '${cutoffDay}'`,
    );
    for (const row of expired) {
      await engine.command(`alter table culprit.${table} drop partition '${row["partition"]}'`);
    }
  }
  const cutoff = BigInt(Math.floor(cutoffMs)) * 1_000_000n;
  for (const table of ["spans", "verdicts"]) {
    await engine.command(
      `alter table culprit.${table} delete where received_unix_nano < ${cutoff}`,
    );
  }
}
