// The way of a request's spans from bytes to the disk, the same for every receiver: decode into the writer's open
// block, wait for the commit, say what happened.

import { type AppendOutcome, type SpanWriter, StoreUnavailable } from "@culprit/store";
import type { SpanSink } from "@culprit/trace-model";
import { type DecodeOutcome, WireError } from "@culprit/wire";
import type { Metrics, Receiver } from "./metrics.ts";

export type IntakeOutcome =
  /** On disk. `message` says what was wrong with the rejected spans, or warns; "" when all is well. */
  | {
      readonly kind: "taken";
      readonly spans: number;
      readonly rejectedSpans: number;
      readonly message: string;
    }
  | Refusal;

/** Nothing was kept. */
export type Refusal =
  /** Not decodable: sending it again is of no use. */
  | { readonly kind: "malformed"; readonly message: string }
  /** Send it again later. */
  | { readonly kind: "retry"; readonly message: string; readonly retryAfterMs: number };

/** The disk may be full or the database away: a client should not come back at once. */
const UNAVAILABLE_RETRY_MS = 5000;

/** While the writer itself is at its bound, it frees itself within a commit or two. */
const OVERLOADED_RETRY_MS = 1000;

export class SpanIntake {
  readonly #writer: SpanWriter;
  readonly #metrics: Metrics;

  constructor(writer: SpanWriter, metrics: Metrics) {
    this.#writer = writer;
    this.#metrics = metrics;
  }

  /** Set while nothing can be taken: ask before reading a body. */
  refusal(receiver: Receiver): Refusal | undefined {
    return this.#writer.overloaded ? this.overloaded(receiver, OVERLOADED_RETRY_MS) : undefined;
  }

  overloaded(receiver: Receiver, retryAfterMs: number = OVERLOADED_RETRY_MS): Refusal {
    this.#metrics.refused(receiver, "overloaded");
    return { kind: "retry", message: "too much waits for the disk; try again later", retryAfterMs };
  }

  /**
   * `decode` runs at once and synchronously: the bytes that it reads are the caller's again as soon as this function
   * has returned its promise.
   */
  async take(
    receiver: Receiver,
    sizeBytes: number,
    decode: (sink: SpanSink) => DecodeOutcome,
  ): Promise<IntakeOutcome> {
    let appended: AppendOutcome<DecodeOutcome>;
    try {
      appended = this.#writer.append(decode);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#metrics.refused(receiver, "malformed");
      return { kind: "malformed", message: error.message };
    }
    if (appended.kind === "overloaded") return this.overloaded(receiver, appended.retryAfterMs);
    try {
      await appended.committed;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#metrics.refused(receiver, "store-unavailable");
      const message = `the spans could not be stored: ${error.message}`;
      return { kind: "retry", message, retryAfterMs: UNAVAILABLE_RETRY_MS };
    }
    const { spanCount, rejectedSpanCount, rejectedMessage } = appended.result;
    this.#metrics.taken(receiver, spanCount, rejectedSpanCount, sizeBytes);
    return {
      kind: "taken",
      spans: spanCount,
      rejectedSpans: rejectedSpanCount,
      message: rejectedMessage,
    };
  }
}
