// A search's window in slices of time, newest first, each of about as many spans as are asked for. Where spans lie is read
// off the primary index, which the engine holds in memory: three milliseconds for a thousand million spans, and
// stretches without spans cost nothing, however long they are.

import type { Engine } from "./engine.ts";
import { readNative } from "./native-rows.ts";
import { START_STEP_NANOS } from "./schema.ts";

/** Both inside; in steps of START_STEP_NANOS, which are numbers to the end of the clock. */
export interface Slice {
  readonly fromStep: number;
  readonly toStep: number;
}

/** The first ones hold some two million spans, among which most searches end. */
const FIRST_GRANULES = 1024;
const MORE_GRANULES = 65_536;

export class SearchSlices {
  /** Of the slices so far, about. */
  spanCount = 0;
  readonly #engine: Pick<Engine, "select">;
  readonly #fromStep: number;
  #toStep: number;
  /** Granules ahead, newest first: the step in which each begins and the spans it has. */
  #steps: BigUint64Array = new BigUint64Array();
  #spans: BigUint64Array = new BigUint64Array();
  #at = 0;
  #asked = 0;

  constructor(engine: Pick<Engine, "select">, fromStep: number, toStep: number) {
    this.#engine = engine;
    this.#fromStep = fromStep;
    this.#toStep = toStep;
  }

  /** Undefined when the window is through. */
  async next(wantedSpans: number): Promise<Slice | undefined> {
    const toStep = this.#toStep;
    if (toStep < this.#fromStep) return undefined;
    const enough = this.spanCount + wantedSpans;
    let fromStep = this.#fromStep;
    for (let step = await this.#granule(); step !== undefined; step = await this.#granule()) {
      // One that begins in an earlier slice has been counted there.
      if (step > toStep) continue;
      this.spanCount += Number(this.#spans[this.#at - 1]);
      if (this.spanCount < enough) continue;
      fromStep = step;
      break;
    }
    this.#toStep = fromStep - 1;
    return { fromStep, toStep };
  }

  /** The step in which the next granule begins. */
  async #granule(): Promise<number | undefined> {
    if (this.#at === this.#steps.length && this.#steps.length === this.#asked) {
      const before = this.#steps.at(-1) ?? BigInt(this.#toStep) + 1n;
      this.#asked = this.#asked === 0 ? FIRST_GRANULES : MORE_GRANULES;
      await this.#read(before, this.#asked);
    }
    const step = this.#steps[this.#at++];
    return step === undefined ? undefined : Number(step);
  }

  async #read(beforeStep: bigint, limit: number): Promise<void> {
    const step = `\`intDiv(start_unix_nano, ${START_STEP_NANOS})\``;
    const answer = await this.#engine.select(
      `select ${step} as step, rows_in_granule as spans from mergeTreeIndex('culprit', 'spans')
       where tenant = '' and step >= ${this.#fromStep} and step < ${beforeStep}
       order by step desc limit ${limit}`,
    );
    const blocks = [...readNative(answer)].filter(({ rows }) => rows > 0);
    const column = (name: string): BigUint64Array =>
      // The statement selected them, and both are UInt64.
      BigUint64Array.from(
        blocks.flatMap(({ columns }) => [...(columns.get(name) as BigUint64Array)]),
      );
    this.#steps = column("step");
    this.#spans = column("spans");
    this.#at = 0;
  }
}
