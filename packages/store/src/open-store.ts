import { BlockWriter, type BlockWriterOptions } from "./block-writer.ts";
import type { CohortReader } from "./cohort-reader.ts";
import { openEmbeddedEngine } from "./embedded-engine.ts";
import type { Engine } from "./engine.ts";
import { selectRows } from "./native-rows.ts";
import { OperationRegister } from "./operation-register.ts";
import { dropExpired } from "./retention.ts";
import { migrate } from "./schema.ts";
import type { SpanWriter } from "./span-writer.ts";
import { SqlCohortReader } from "./sql-cohort-reader.ts";
import { SqlTraceReader } from "./sql-trace-reader.ts";
import type { TraceReader } from "./trace-reader.ts";

export interface StoreOptions extends BlockWriterOptions {
  /** What arrived longer ago is deleted; absent: nothing is. */
  readonly retentionMs?: number;
  /** Told of a clean-up that failed; it is tried again at the next turn. */
  readonly onRetentionError?: (error: unknown) => void;
}

export interface Store {
  readonly writer: SpanWriter;
  readonly reader: TraceReader;
  readonly cohorts: CohortReader;
  /**
   * What the engine counts since it was opened, such as FileSync, by ClickHouse's names (system.events), and
   * `ActiveParts`, the parts that hold spans now.
   */
  engineEvents(): Promise<ReadonlyMap<string, number>>;
  /** Commits what is open, then lets go of the data. */
  close(): Promise<void>;
}

/** @throws StoreOpenError when the folder is in use, cannot be written, or was written by a newer version */
export async function openEmbeddedStore(
  dataDir: string,
  options: StoreOptions = {},
): Promise<Store> {
  const engine = await openEmbeddedEngine(dataDir);
  try {
    await migrate(engine);
  } catch (error) {
    await engine.close();
    throw error;
  }
  return storeOn(engine, options);
}

function storeOn(engine: Engine, options: StoreOptions): Store {
  const writer = new BlockWriter(engine, new OperationRegister(engine), options);
  const cleaning = startCleaning(engine, options);
  return {
    writer,
    reader: new SqlTraceReader(engine),
    cohorts: new SqlCohortReader(engine),
    async engineEvents() {
      const rows = await selectRows(
        engine,
        `select event, value from system.events union all
         select 'ActiveParts', count() from system.parts
         where active and database = 'culprit' and table = 'spans'`,
      );
      return new Map(rows.map((row) => [String(row["event"]), Number(row["value"])]));
    },
    async close() {
      clearInterval(cleaning);
      await writer.flush();
      await engine.close();
    },
  };
}

/** A tenth of the retention, but not so often that deleting is all the engine does, nor so seldom that disks fill. */
function startCleaning(engine: Engine, options: StoreOptions): NodeJS.Timeout | undefined {
  const { retentionMs } = options;
  if (retentionMs === undefined) return undefined;
  const everyMs = Math.min(Math.max(retentionMs / 10, 10_000), 600_000);
  const clean = () => {
    dropExpired(engine, retentionMs).catch((error: unknown) => options.onRetentionError?.(error));
  };
  clean();
  return setInterval(clean, everyMs).unref();
}
