// A door for spans over HTTP in the manner of Jaeger's and Zipkin's: 202 with an empty body once they are on disk, or a
// line of text that says why not.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { SpanSink } from "@culprit/trace-model";
import type { DecodeOutcome } from "@culprit/wire";
import { HttpIntake, type PostOutcome, retryAfterHeader, unknownEncoding } from "./http-intake.ts";
import type { Metrics, Receiver, RefusalReason } from "./metrics.ts";
import type { BodyLimits } from "./read-body.ts";
import type { SpanIntake } from "./span-intake.ts";
import { sendText, type TextAnswer } from "./text-answer.ts";

/** What a request is, told by all but its body. */
export type RequestPlan =
  | {
      readonly kind: "decode";
      decode(bytes: Uint8Array, sink: SpanSink): DecodeOutcome;
    }
  | {
      readonly kind: "answer";
      readonly answer: TextAnswer;
      /** For a refusal, as it is counted. */
      readonly reason?: RefusalReason;
    };

export class AcceptingReceiver {
  readonly #receiver: Receiver;
  readonly #plan: (request: IncomingMessage) => RequestPlan;
  readonly #intake: HttpIntake;
  readonly #metrics: Metrics;
  readonly #limits: BodyLimits;

  constructor(
    receiver: Receiver,
    plan: (request: IncomingMessage) => RequestPlan,
    intake: SpanIntake,
    metrics: Metrics,
    limits: BodyLimits,
  ) {
    this.#receiver = receiver;
    this.#plan = plan;
    this.#intake = new HttpIntake(receiver, intake, metrics);
    this.#metrics = metrics;
    this.#limits = limits;
  }

  /** @param expectsContinue the client waits for a word before it sends the body ("Expect: 100-continue") */
  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    expectsContinue: boolean = false,
  ): Promise<void> {
    let answer: TextAnswer | undefined;
    try {
      answer = await this.#answer(request, response, expectsContinue);
    } catch (error) {
      console.error(`${this.#receiver}: a request failed:`, error);
      answer = { httpStatus: 500, text: "internal error" };
    }
    if (answer === undefined) response.destroy();
    else sendText(response, answer);
  }

  /** Undefined when the client went away. */
  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    expectsContinue: boolean,
  ): Promise<TextAnswer | undefined> {
    const plan = this.#plan(request);
    if (plan.kind === "answer") {
      if (plan.reason !== undefined) this.#metrics.refused(this.#receiver, plan.reason);
      return plan.answer;
    }
    const decode = (bytes: Uint8Array, sink: SpanSink) => plan.decode(bytes, sink);
    const limits = this.#limits;
    const outcome = await this.#intake.post(request, response, expectsContinue, limits, decode);
    return outcome === undefined ? undefined : answerOf(outcome);
  }
}

function answerOf(outcome: PostOutcome): TextAnswer {
  switch (outcome.kind) {
    case "taken": {
      const { spans, rejectedSpans, message } = outcome;
      // The clients learn of single spans in no other way than by the counters of the server.
      return spans === 0 && rejectedSpans > 0
        ? { httpStatus: 400, text: message }
        : { httpStatus: 202, text: "" };
    }
    case "malformed":
      return { httpStatus: 400, text: `Unable to process request body: ${outcome.message}` };
    case "retry": {
      const { message, retryAfterMs } = outcome;
      return { httpStatus: 503, text: message, headers: retryAfterHeader(retryAfterMs) };
    }
    case "too-large": {
      const text = `the body is larger than ${outcome.maxBodyBytes} bytes (unpacked)`;
      return { httpStatus: 413, text };
    }
    case "unknown-encoding": {
      const { message, headers } = unknownEncoding(outcome.encoding);
      return { httpStatus: 415, text: message, headers };
    }
  }
}
