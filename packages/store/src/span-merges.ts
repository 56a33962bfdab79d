// Merges of the table of spans, which can wait while somebody has more urgent use for the processors.

import type { Engine } from "./engine.ts";
import { selectRows } from "./native-rows.ts";

/** Of the table, which forgets none over a crash. Merges that delete what is too old are not meant by it. */
const SETTING = "max_bytes_to_merge_at_max_space_in_pool";
/**
 * Active parts up to which merges wait: a minute of eight blocks a second. Each costs a look-up by trace id a third of
 * a millisecond; from 1,000 on the engine slows inserts.
 */
const MOST_PARTS = 500;
/** Where merges had to go on, they go on to here before they are held again. */
const FEW_PARTS = 250;
/** So long after it was last wanted: whoever fails to say so again must not let parts become too many. */
const HOLD_MS = 10_000;

export class SpanMerges {
  readonly #engine: Pick<Engine, "command" | "background">;
  readonly #mostParts: number;
  readonly #fewParts: number;
  readonly #holdMs: number;
  #isWanted = false;
  #mayBeHeld = false;
  #expiry: NodeJS.Timeout | undefined;
  #adjusting: Promise<void> | undefined;

  constructor(
    engine: Pick<Engine, "command" | "background">,
    {
      mostParts,
      fewParts,
      holdMs,
    }: { mostParts?: number; fewParts?: number; holdMs?: number } = {},
  ) {
    this.#engine = engine;
    this.#mostParts = mostParts ?? MOST_PARTS;
    this.#fewParts = fewParts ?? FEW_PARTS;
    this.#holdMs = holdMs ?? HOLD_MS;
  }

  /** What a process that was killed had held goes on. To be called once, before anything else. */
  async open(): Promise<void> {
    const [row] = await selectRows(
      this.#engine.background,
      `select count() as held from system.tables
       where database = 'culprit' and name = 'spans' and position(engine_full, '${SETTING}') > 0`,
    );
    this.#mayBeHeld = row?.["held"] !== 0n;
    await this.release();
  }

  /**
   * For the next ten seconds no merge begins, unless too many parts wait; those that run come to their end. Never rejects:
   * nobody's work depends on it.
   */
  hold(): Promise<void> {
    this.#isWanted = true;
    this.#releaseLater();
    return this.#adjust();
  }

  /** Merges begin again. Never rejects. */
  async release(): Promise<void> {
    clearTimeout(this.#expiry);
    this.#isWanted = false;
    // What is under way may have begun when it was still wanted.
    await this.#adjusting;
    await this.#adjust();
  }

  #releaseLater(): void {
    clearTimeout(this.#expiry);
    this.#expiry = setTimeout(() => this.release(), this.#holdMs).unref();
  }

  #adjust(): Promise<void> {
    this.#adjusting ??= this.#adjustNow()
      .catch(() => {
        // Tried again when it is next wanted; where it no longer is, after a while.
        if (this.#mayBeHeld && !this.#isWanted) this.#releaseLater();
      })
      .finally(() => {
        this.#adjusting = undefined;
      });
    return this.#adjusting;
  }

  async #adjustNow(): Promise<void> {
    const most = this.#mayBeHeld ? this.#mostParts : this.#fewParts;
    const holds = this.#isWanted && (await this.#activeParts()) < most;
    if (holds === this.#mayBeHeld) return;
    if (holds) {
      // One that fails may have been taken half.
      this.#mayBeHeld = true;
      await this.#engine.command(`alter table culprit.spans modify setting ${SETTING} = 1`);
    } else {
      await this.#engine.command(`alter table culprit.spans reset setting ${SETTING}`);
      this.#mayBeHeld = false;
    }
  }

  /** Of the partition that has most: the engine merges and counts within each. */
  async #activeParts(): Promise<number> {
    const [row] = await selectRows(
      this.#engine.background,
      `select max(parts) as most from (
         select count() as parts from system.parts
         where active and database = 'culprit' and table = 'spans' group by partition
       )`,
    );
    return Number(row?.["most"]);
  }
}
