// How much of the time senders wait for the disk: whoever works beside the receivers takes it for what his work costs them.
// How much of the time something is being written says less: half of it may be all that comes, or all that 64 senders
// can send that wait for each answer.

/** What happened longer ago counts a third and less: a few blocks, so that one slow flush is no load. */
const MEMORY_MS = 2_000;

/** Times are milliseconds of one clock that does not go back. */
export class WaitingLoad {
  #atMs = 0;
  #isWriting = false;
  #isDue = false;
  /** A block has been written, and nothing has come since. */
  #isPausing = false;
  /** Of the last {@link MEMORY_MS}, what is longer ago with less weight: time of writing, time that a block was due, pauses. */
  #writingMs = 0;
  #dueMs = 0;
  #pauseMs = 0;
  /** Spans that came while a block was being written, and while none was. */
  #cameMeanwhile = 0;
  #cameBetween = 0;

  appended(spans: number, nowMs: number): void {
    this.#goTo(nowMs);
    this.#isPausing = false;
    if (this.#isWriting) this.#cameMeanwhile += spans;
    else this.#cameBetween += spans;
  }

  /** The open block is ready to be written, and another one is being. */
  due(nowMs: number): void {
    this.#goTo(nowMs);
    this.#isDue = true;
  }

  began(nowMs: number): void {
    this.#goTo(nowMs);
    this.#isWriting = true;
    this.#isDue = false;
    this.#isPausing = false;
  }

  ended(nowMs: number): void {
    this.#goTo(nowMs);
    this.#isWriting = false;
    this.#isPausing = true;
  }

  /**
   * 0 to 1: the time in which a block that was due had to wait for the one before, and that part of the time of writing
   * in which less came than otherwise, because those who would have sent waited for its end. Who waits sends as soon as it
   * is reached; where nothing comes for a while after it, all have been answered and are at rest.
   */
  share(nowMs: number): number {
    this.#goTo(nowMs);
    const waitedMs = this.#dueMs + this.#heldMs() - this.#pauseMs;
    return Math.min(1, Math.max(0, waitedMs / MEMORY_MS));
  }

  #heldMs(): number {
    const betweenMs = MEMORY_MS - this.#writingMs;
    const expected = (this.#cameBetween / betweenMs) * this.#writingMs;
    if (betweenMs <= 0 || expected <= this.#cameMeanwhile) return 0;
    return this.#writingMs * (1 - this.#cameMeanwhile / expected);
  }

  #goTo(nowMs: number): void {
    const kept = Math.exp((this.#atMs - nowMs) / MEMORY_MS);
    const passedMs = MEMORY_MS * (1 - kept);
    this.#atMs = nowMs;
    this.#writingMs = this.#writingMs * kept + (this.#isWriting ? passedMs : 0);
    this.#dueMs = this.#dueMs * kept + (this.#isDue ? passedMs : 0);
    this.#pauseMs = this.#pauseMs * kept + (this.#isPausing ? passedMs : 0);
    this.#cameMeanwhile *= kept;
    this.#cameBetween *= kept;
  }
}
