// How much of the time a block is on its way to the disk. Whoever works beside the receivers takes it for their load: it
// rises with what comes, and with what everybody else asks of the same processors.

/** What happened longer ago counts a third and less: a few blocks, so that one slow flush is no load. */
const MEMORY_MS = 2_000;

/** Times are milliseconds of one clock that does not go back. */
export class WritingLoad {
  #share = 0;
  #atMs = 0;
  #isWriting = false;

  began(nowMs: number): void {
    this.#share = this.share(nowMs);
    this.#atMs = nowMs;
    this.#isWriting = true;
  }

  ended(nowMs: number): void {
    this.#share = this.share(nowMs);
    this.#atMs = nowMs;
    this.#isWriting = false;
  }

  /** 0 to 1. */
  share(nowMs: number): number {
    const now = this.#isWriting ? 1 : 0;
    return now + (this.#share - now) * Math.exp((this.#atMs - nowMs) / MEMORY_MS);
  }
}
