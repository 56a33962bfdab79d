import { ArrivalClock } from "./arrival-clock.ts";
import { BlockWriter, type BlockWriterOptions } from "./block-writer.ts";
import type { CohortReader } from "./cohort-reader.ts";
import type { DependencyReader } from "./dependency-reader.ts";
import { openEmbeddedEngine } from "./embedded-engine.ts";
import type { Engine } from "./engine.ts";
import type { MetricsReader } from "./metrics-reader.ts";
import { selectRows } from "./native-rows.ts";
import { OperationRegister } from "./operation-register.ts";
import type { ProfileReader } from "./profile-reader.ts";
import { dropExpired } from "./retention.ts";
import { migrate } from "./schema.ts";
import type { SpanWriter } from "./span-writer.ts";
import { SqlCohortReader } from "./sql-cohort-reader.ts";
import { SqlDependencyReader } from "./sql-dependency-reader.ts";
import { SqlMetricsReader } from "./sql-metrics-reader.ts";
import { SqlProfileReader } from "./sql-profile-reader.ts";
import { SqlTraceArchive } from "./sql-trace-archive.ts";
import { SqlTraceReader } from "./sql-trace-reader.ts";
import { SqlVerdictReader } from "./sql-verdict-reader.ts";
import type { TraceArchive } from "./trace-archive.ts";
import type { TraceReader } from "./trace-reader.ts";
import { lastQuietNanos, VerdictLedger } from "./verdict-ledger.ts";
import type { VerdictReader } from "./verdict-store.ts";

export interface StoreOptions extends BlockWriterOptions {
  /** What arrived longer ago is deleted; absent: nothing is. */
  readonly retentionMs?: number;
  /**
   * A trace without a new span for this long is quiet: its verdict can be stored. Absent: as long as it was when verdicts
   * were last stored; 10 s where none were.
   */
  readonly quietMs?: number;
  /** Told of a clean-up that failed; it is tried again at the next turn. */
  readonly onRetentionError?: (error: unknown) => void;
}

export interface Store {
  readonly writer: SpanWriter;
  readonly reader: TraceReader;
  readonly archive: TraceArchive;
  readonly verdicts: VerdictReader;
  readonly profiles: ProfileReader;
  readonly ledger: VerdictLedger;
  readonly cohorts: CohortReader;
  readonly dependencies: DependencyReader;
  readonly metrics: MetricsReader;
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
    return await storeOn(engine, options);
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** SDKs flush every 5 s: the spans of one trace come within that of each other, and some more for what lies between. */
const QUIET_MS = 10_000;

async function storeOn(engine: Engine, options: StoreOptions): Promise<Store> {
  const clock = new ArrivalClock(options.now === undefined ? {} : { systemUnixNano: options.now });
  const writer = new BlockWriter(engine, new OperationRegister(engine), clock, options);
  const quietNanos =
    options.quietMs === undefined
      ? ((await lastQuietNanos(engine)) ?? QUIET_MS * 1e6)
      : options.quietMs * 1e6;
  const ledger = new VerdictLedger(engine, writer, clock, quietNanos);
  await ledger.merges.open();
  clock.passed((await ledger.progress()).judgedUntil);
  clock.passed((await ledger.quiet.arrivals())?.last ?? 0n);
  const archive = new SqlTraceArchive(engine);
  const cleaning = startCleaning(engine, options);
  return {
    writer,
    reader: new SqlTraceReader(engine, quietNanos, archive),
    archive,
    verdicts: new SqlVerdictReader(engine),
    profiles: new SqlProfileReader(engine, quietNanos),
    ledger,
    cohorts: new SqlCohortReader(engine),
    dependencies: new SqlDependencyReader(engine),
    metrics: new SqlMetricsReader(engine),
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
