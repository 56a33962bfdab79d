// What whoever judges quiet traces needs of the database: where it stands, what to judge next, and a place for verdicts.

import type { DurationNanos, UnixNanos } from "@culprit/trace-model";
import type { ArrivalClock } from "./arrival-clock.ts";
import type { BlockWriter } from "./block-writer.ts";
import type { Engine } from "./engine.ts";
import type { NativeColumn } from "./native-column.ts";
import { selectRows } from "./native-rows.ts";
import { QuietTraces } from "./quiet-traces.ts";
import { SpanMerges } from "./span-merges.ts";
import { readTopology, type TopologyEntries, writeTopology } from "./topology-register.ts";

/** Columns of `VerdictBlock`. */
export interface VerdictRows {
  readonly columns: readonly NativeColumn[];
  readonly rows: number;
}

export interface VerdictProgress {
  /** Every trace whose last span arrived at or before it has its verdict. */
  readonly judgedUntil: UnixNanos;
  /** The shortest quiet that was ever waited for: a trace without such a pause was not judged before. */
  readonly shortestQuietNanos: DurationNanos;
  /** A trace that is not judged had no longer pause than it, but for the length of a window. */
  readonly longestQuietNanos: DurationNanos;
}

export class VerdictLedger {
  readonly quiet: QuietTraces;
  readonly merges: SpanMerges;
  readonly #engine: Engine;
  readonly #writer: BlockWriter;
  readonly #clock: ArrivalClock;
  readonly #quietNanos: DurationNanos;

  constructor(engine: Engine, writer: BlockWriter, clock: ArrivalClock, quietNanos: DurationNanos) {
    this.#engine = engine;
    this.#writer = writer;
    this.#clock = clock;
    this.#quietNanos = quietNanos;
    this.quiet = new QuietTraces(engine.background, quietNanos);
    this.merges = new SpanMerges(engine);
  }

  get quietNanos(): DurationNanos {
    return this.#quietNanos;
  }

  /** The time by the clock that stamps arrivals. */
  now(): UnixNanos {
    return this.#clock.now();
  }

  /** No span with this arrival or an earlier one will still be committed. */
  settledUntil(): UnixNanos {
    return this.#writer.settledBefore - 1n;
  }

  async progress(): Promise<VerdictProgress> {
    const [row] = await selectRows(
      this.#engine,
      `select max(judged_until_unix_nano) as until, min(quiet_nano) as shortest, max(quiet_nano) as longest, count() as rows
       from culprit.verdict_progress where tenant = ''`,
    );
    if (row === undefined || row["rows"] === 0n) {
      return {
        judgedUntil: 0n,
        shortestQuietNanos: this.#quietNanos,
        longestQuietNanos: this.#quietNanos,
      };
    }
    return {
      judgedUntil: BigInt(row["until"] ?? 0),
      shortestQuietNanos: Math.min(this.#quietNanos, Number(row["shortest"])),
      longestQuietNanos: Math.max(this.#quietNanos, Number(row["longest"])),
    };
  }

  /** All of them or none. Resolves when they are on disk. */
  async keep(verdicts: readonly VerdictRows[]): Promise<void> {
    const blocks = verdicts.filter(({ rows }) => rows > 0);
    if (blocks.length > 0) {
      await this.#engine.background.insert({ table: "culprit.verdicts", blocks });
    }
  }

  /**
   * To be said only after the verdicts up to there are kept.
   * @param waitedNanos for how long traces had been quiet at least
   */
  async judged(until: UnixNanos, waitedNanos: DurationNanos): Promise<void> {
    // What arrives from now on must not lie behind it.
    this.#clock.passed(until);
    await this.#engine.command(
      `insert into culprit.verdict_progress (quiet_nano, judged_until_unix_nano)
       values (${Math.round(waitedNanos)}, ${until})`,
    );
  }

  topology(): Promise<TopologyEntries> {
    return readTopology(this.#engine);
  }

  enter(day: string, entries: TopologyEntries): Promise<void> {
    return writeTopology(this.#engine, day, entries);
  }
}

/** What was waited for when verdicts were last stored; undefined where that never was. */
export async function lastQuietNanos(engine: Engine): Promise<DurationNanos | undefined> {
  const [row] = await selectRows(
    engine,
    `select quiet_nano from culprit.verdict_progress where tenant = '' and quiet_nano > 0
     order by judged_until_unix_nano desc limit 1`,
  );
  return row === undefined ? undefined : Number(row["quiet_nano"]);
}
