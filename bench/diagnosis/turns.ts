// Starting a shop takes every processor for seconds, and requests that queue for one really do wait: the truth about the
// orders of another shop would no longer hold. So shops start together, or send orders together, never both.

export type Phase = "start" | "send";

interface Waiting {
  readonly phase: Phase;
  readonly enter: () => void;
}

export class Turns {
  #phase: Phase = "start";
  #inside = 0;
  #waiting: Waiting[] = [];

  /** Works when nobody is in the other phase, and after those who asked before for it. */
  async run<Result>(phase: Phase, work: () => Promise<Result>): Promise<Result> {
    await this.#enter(phase);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #enter(phase: Phase): Promise<void> {
    const isFree = this.#inside === 0 || this.#phase === phase;
    if (!isFree || this.#waiting.length > 0) {
      return new Promise((enter) => this.#waiting.push({ phase, enter }));
    }
    this.#phase = phase;
    this.#inside++;
    return Promise.resolve();
  }

  #leave(): void {
    this.#inside--;
    const [next] = this.#waiting;
    if (this.#inside > 0 || next === undefined) return;
    this.#phase = next.phase;
    const entering = this.#waiting.filter(({ phase }) => phase === next.phase);
    this.#waiting = this.#waiting.filter(({ phase }) => phase !== next.phase);
    this.#inside = entering.length;
    for (const { enter } of entering) enter();
  }
}
