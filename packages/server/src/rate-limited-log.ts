// A log line for what a stranger can cause a thousand times a second.

/** Often enough to be seen, seldom enough for a disk. */
const EVERY_MS = 10_000;

export class RateLimitedLog {
  readonly #write: (line: string) => void;
  readonly #nowMs: () => number;
  #nextMs = Number.NEGATIVE_INFINITY;
  #unwritten = 0;

  constructor(
    write: (line: string) => void = console.error,
    nowMs: () => number = () => performance.now(),
  ) {
    this.#write = write;
    this.#nowMs = nowMs;
  }

  /** Written at once, or, within 10 s of the line before, only counted. */
  line(text: string): void {
    const nowMs = this.#nowMs();
    if (nowMs < this.#nextMs) {
      this.#unwritten++;
      return;
    }
    this.#nextMs = nowMs + EVERY_MS;
    const more = this.#unwritten;
    this.#unwritten = 0;
    this.#write(more === 0 ? text : `${text} (and ${more} more since the last line)`);
  }
}
