// How much of the time senders wait for the disk: whoever works beside the receivers takes it for what his work costs them.
// How much of the time something is being written says less: half of it may be all that comes, or all that 64 senders
// can send that wait for each answer.

/** What happened longer ago counts a third and less: a few blocks, so that one slow flush is no load. */
const MEMORY_MS = 2_000;
/** From one append to the next, and from an answer to what comes upon it, where senders do not wait for themselves. */
const NO_PAUSE_MS = 5;

/** Times are milliseconds of one clock that does not go back. */
export class WaitingLoad {
  #atMs = 0;
  #isWriting = false;
  #isDue = false;
  /** Where nothing is being written, a pause begins here. */
  #pauseFromMs = 0;
  /** Of the last {@link MEMORY_MS}, what is longer ago with less weight: time of writing, time that a block was due, pauses. */
  #writingMs = 0;
  #dueMs = 0;
  #pauseMs = 0;
  /** Spans that came while a block was being written, and while none was. */
  #cameMeanwhile = 0;
  #cameBetween = 0;

  appended(spans: number, nowMs: number): void {
    this.#goTo(nowMs);
    this.#pauseFromMs = nowMs + NO_PAUSE_MS;
    if (this.#isWriting) this.#cameMeanwhile += spans;
    else this.#cameBetween += spans;
  }

  /** The open block is full, and another one is being written. */
  due(nowMs: number): void {
    this.#goTo(nowMs);
    this.#isDue = true;
  }

  began(nowMs: number): void {
    this.#goTo(nowMs);
    this.#isWriting = true;
    this.#isDue = false;
  }

  ended(nowMs: number): void {
    this.#goTo(nowMs);
    this.#isWriting = false;
    this.#pauseFromMs = nowMs + NO_PAUSE_MS;
  }

  /**
   * 0 to 1: the time in which a full block had to wait for the one before, and that part of the time of writing
   * in which less came than otherwise, because those who would have sent waited for its end. Less the pauses in
   * which nothing is written and nothing comes: who waits sends as soon as the end is reached.
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
    const passedMs = weighed(nowMs - this.#atMs);
    const pausedMs = weighed(nowMs - Math.max(this.#atMs, this.#pauseFromMs));
    this.#atMs = nowMs;
    this.#writingMs = this.#writingMs * kept + (this.#isWriting ? passedMs : 0);
    this.#dueMs = this.#dueMs * kept + (this.#isDue ? passedMs : 0);
    this.#pauseMs = this.#pauseMs * kept + (this.#isWriting ? 0 : pausedMs);
    this.#cameMeanwhile *= kept;
    this.#cameBetween *= kept;
  }
}

/** What a time until now counts. */
function weighed(ms: number): number {
  return ms <= 0 ? 0 : MEMORY_MS * (1 - Math.exp(-ms / MEMORY_MS));
}
