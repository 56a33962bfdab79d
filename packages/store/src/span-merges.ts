// Merges of the table of spans, which can wait while somebody has more urgent use for the processors.

import type { Engine } from "./engine.ts";
import { selectRows } from "./native-rows.ts";

/** Of the table, which forgets none over a crash. */
const SETTING = "max_bytes_to_merge_at_max_space_in_pool";
/**
 * Active parts up to which merges wait: a minute and more at all that a server takes in. Each costs a look-up by trace id a
 * third of a millisecond and some kilobytes; from 1,000 on the engine slows inserts.
 */
const MOST_PARTS = 500;
/** Where merges had to go on, they go on to here before they can be held again. */
const FEW_PARTS = 250;

export class SpanMerges {
  readonly #engine: Engine;
  readonly #mostParts: number;
  readonly #fewParts: number;
  #areHeld = false;

  constructor(engine: Engine, mostParts: number = MOST_PARTS, fewParts: number = FEW_PARTS) {
    this.#engine = engine;
    this.#mostParts = mostParts;
    this.#fewParts = fewParts;
  }

  /**
   * From now on no merge begins; those that run come to their end. To be said again every few seconds: where too many parts
   * wait, merges go on all the same.
   */
  async hold(): Promise<void> {
    const parts = await this.#activeParts();
    if (this.#areHeld && parts >= this.#mostParts) return this.release();
    if (this.#areHeld || parts >= this.#fewParts) return;
    await this.#engine.command(`alter table culprit.spans modify setting ${SETTING} = 1`);
    this.#areHeld = true;
  }

  async release(): Promise<void> {
    if (!this.#areHeld) return;
    await this.#reset();
  }

  /** What a process that was killed had held goes on. To be called once, before anything else. */
  async open(): Promise<void> {
    const [row] = await selectRows(
      this.#engine,
      `select count() as held from system.tables
       where database = 'culprit' and name = 'spans' and position(engine_full, '${SETTING}') > 0`,
    );
    if (row?.["held"] !== 0n) await this.#reset();
  }

  async #reset(): Promise<void> {
    await this.#engine.command(`alter table culprit.spans reset setting ${SETTING}`);
    this.#areHeld = false;
  }

  async #activeParts(): Promise<number> {
    const [row] = await selectRows(
      this.#engine,
      `select count() as parts from system.parts
       where active and database = 'culprit' and table = 'spans'`,
    );
    return Number(row?.["parts"]);
  }
}
