// A request's body on its way into the intake, the same for every door that takes spans over HTTP: refused before it is
// read when nothing can be taken, else read, unpacked, decoded and committed. Doors differ in what they take and in how
// they put the outcome into an answer.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { SpanSink } from "@culprit/trace-model";
import type { DecodeOutcome } from "@culprit/wire";
import type { Metrics, Receiver } from "./metrics.ts";
import { type BodyLimits, CONTENT_ENCODINGS, readBody } from "./read-body.ts";
import type { IntakeOutcome, SpanIntake } from "./span-intake.ts";

export type PostOutcome =
  | IntakeOutcome
  | { readonly kind: "too-large"; readonly maxBodyBytes: number }
  | { readonly kind: "unknown-encoding"; readonly encoding: string };

export class HttpIntake {
  readonly #receiver: Receiver;
  readonly #intake: SpanIntake;
  readonly #metrics: Metrics;

  constructor(receiver: Receiver, intake: SpanIntake, metrics: Metrics) {
    this.#receiver = receiver;
    this.#intake = intake;
    this.#metrics = metrics;
  }

  /** Counts a request of which nothing was read. */
  unsupported(): void {
    this.#metrics.refused(this.#receiver, "unsupported");
  }

  /**
   * @param expectsContinue the client waits for a word before it sends the body ("Expect: 100-continue")
   * @param decode runs once, as {@link SpanIntake.take} wants it
   * @returns undefined when the client went away
   */
  async post(
    request: IncomingMessage,
    response: ServerResponse,
    expectsContinue: boolean,
    limits: BodyLimits,
    decode: (bytes: Uint8Array, sink: SpanSink) => DecodeOutcome,
  ): Promise<PostOutcome | undefined> {
    const receiver = this.#receiver;
    const refusal = this.#intake.refusal(receiver);
    if (refusal !== undefined) return refusal;
    if (expectsContinue) response.writeContinue();
    const body = await readBody(request, limits);
    switch (body.kind) {
      case "body": {
        const { bytes } = body;
        const outcome = this.#intake.take(receiver, bytes.length, (sink) => decode(bytes, sink));
        // The commit may take a while, and the bytes are needed by the next request.
        body.release();
        return outcome;
      }
      case "too-large":
        this.#metrics.refused(receiver, "too-large");
        return { kind: "too-large", maxBodyBytes: limits.maxBodyBytes };
      case "busy":
        return this.#intake.overloaded(receiver);
      case "unknown-encoding":
        this.#metrics.refused(receiver, "unsupported");
        return body;
      case "corrupt":
        this.#metrics.refused(receiver, "malformed");
        return { kind: "malformed", message: body.message };
      case "aborted":
        this.#metrics.refused(receiver, "aborted");
        return undefined;
    }
  }
}

/** When to come back, in the whole seconds that HTTP has. */
export function retryAfterHeader(retryAfterMs: number): Readonly<Record<string, string>> {
  return { "Retry-After": String(Math.max(1, Math.ceil(retryAfterMs / 1000))) };
}

/** What a refused encoding is answered with. */
export function unknownEncoding(encoding: string): {
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  const supported = CONTENT_ENCODINGS.join(", ");
  return {
    message: `unsupported content encoding "${encoding}"; supported: ${supported}`,
    headers: { "Accept-Encoding": supported },
  };
}
