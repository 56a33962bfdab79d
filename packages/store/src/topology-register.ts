// What traces told of the system, kept from one process to the next: who answers at a target, since when an instance
// is seen. Entered once a day of arrival, so that retention can drop days.

import type { UnixNanos } from "@culprit/trace-model";
import type { Engine } from "./engine.ts";
import { selectRows } from "./native-rows.ts";
import { quote } from "./sql.ts";

export interface TopologyEntries {
  /** A target at which several services answered comes once with each. */
  readonly callees: readonly { readonly target: string; readonly service: string }[];
  readonly instances: readonly { readonly instance: string; readonly firstSeen: UnixNanos }[];
}

/** The engine takes statements of 256 KiB; names may be long. */
const ROWS_A_STATEMENT = 200;

/** Read at the start, of each kind: an address made up for every trace must not fill the memory. */
const MAX_ENTRIES = 100_000;

export async function readTopology(engine: Engine): Promise<TopologyEntries> {
  const callees = await selectRows(
    engine,
    `select distinct target, service from culprit.callees where tenant = ''
     order by target, service limit ${MAX_ENTRIES}`,
  );
  const instances = await selectRows(
    engine,
    `select instance, toUInt64(min(first_seen_unix_nano)) as first from culprit.instances where tenant = ''
     group by instance order by max(day) desc, instance limit ${MAX_ENTRIES}`,
  );
  return {
    callees: callees.map((row) => ({
      target: String(row["target"]),
      service: String(row["service"]),
    })),
    instances: instances.map((row) => ({
      instance: String(row["instance"]),
      firstSeen: BigInt(row["first"] ?? 0),
    })),
  };
}

/** @param day of arrival, YYYY-MM-DD */
export async function writeTopology(
  engine: Engine,
  day: string,
  { callees, instances }: TopologyEntries,
): Promise<void> {
  await insertRows(
    engine,
    "culprit.callees (day, target, service)",
    callees.map(({ target, service }) => `(${quote(day)}, ${quote(target)}, ${quote(service)})`),
  );
  await insertRows(
    engine,
    "culprit.instances (day, instance, first_seen_unix_nano)",
    instances.map(({ instance, firstSeen }) => `(${quote(day)}, ${quote(instance)}, ${firstSeen})`),
  );
}

async function insertRows(engine: Engine, into: string, rows: readonly string[]): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT) {
    const values = rows.slice(at, at + ROWS_A_STATEMENT).join(", ");
    await engine.command(`insert into ${into} values ${values}`);
  }
}
