export interface DecodeOutcome {
  /** Spans that went into the sink. */
  readonly spanCount: number;
  /** Spans that were left out, each for a fault of its own. */
  readonly rejectedSpanCount: number;
  /** One line for the sender, with the first fault; "" when none was rejected. */
  readonly rejectedMessage: string;
}

/** Counts what a decoder did. */
export class OutcomeCount {
  spanCount = 0;
  rejectedSpanCount = 0;
  #firstReason = "";

  reject(reason: string): void {
    if (this.rejectedSpanCount === 0) this.#firstReason = reason;
    this.rejectedSpanCount++;
  }

  add(other: OutcomeCount): void {
    if (this.rejectedSpanCount === 0) this.#firstReason = other.#firstReason;
    this.spanCount += other.spanCount;
    this.rejectedSpanCount += other.rejectedSpanCount;
  }

  outcome(): DecodeOutcome {
    const { spanCount, rejectedSpanCount } = this;
    const noun = rejectedSpanCount === 1 ? "span" : "spans";
    return {
      spanCount,
      rejectedSpanCount,
      rejectedMessage:
        rejectedSpanCount === 0
          ? ""
          : `${rejectedSpanCount} ${noun} rejected; the first: ${this.#firstReason}`,
    };
  }
}
