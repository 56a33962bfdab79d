// A door for spans over HTTP in the manner of Jaeger's and Zipkin's: 202 with an empty body once they are on disk, or a
// line of text that says why not.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { SpanSink } from "@culprit/trace-model";
import type { DecodeOutcome } from "@culprit/wire";
import type { Metrics, Receiver, RefusalReason } from "./metrics.ts";
import { type BodyLimits, type BodyOutcome, CONTENT_ENCODINGS, readBody } from "./read-body.ts";
import type { IntakeOutcome, SpanIntake } from "./span-intake.ts";

export interface TextAnswer {
  readonly httpStatus: number;
  /** "" for an empty body. */
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the text is; plain text when absent. */
  readonly contentType?: string;
}

/** What a request is, told by all but its body. */
export type RequestPlan =
  | {
      readonly kind: "decode";
      /** What a byte of the body counts in the bytes in flight; 1 when absent. */
      readonly weight?: number;
      /** Of one body, unpacked; the door's own limit when absent. */
      readonly maxBodyBytes?: number;
      decode(bytes: Buffer, sink: SpanSink): DecodeOutcome;
      /** The answer's text when the body cannot be decoded. */
      malformed(reason: string): string;
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
  readonly #intake: SpanIntake;
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
    this.#intake = intake;
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
    else send(response, answer);
  }

  /** Undefined when the client went away. */
  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    expectsContinue: boolean,
  ): Promise<TextAnswer | undefined> {
    const receiver = this.#receiver;
    const plan = this.#plan(request);
    if (plan.kind === "answer") {
      if (plan.reason !== undefined) this.#metrics.refused(receiver, plan.reason);
      return plan.answer;
    }
    const refusal = this.#intake.refusal(receiver);
    if (refusal !== undefined) return answerOf(refusal, plan.malformed);
    if (expectsContinue) response.writeContinue();
    const limits = {
      ...this.#limits,
      maxBodyBytes: plan.maxBodyBytes ?? this.#limits.maxBodyBytes,
      weight: plan.weight ?? 1,
    };
    const body = await readBody(request, limits);
    if (body.kind !== "body") return this.#unread(body, plan.malformed, limits.maxBodyBytes);
    const { bytes } = body;
    const taken = this.#intake.take(receiver, bytes.length, (sink) => plan.decode(bytes, sink));
    // The commit may take a while, and the bytes are needed by the next request.
    body.release();
    return answerOf(await taken, plan.malformed);
  }

  #unread(
    body: Exclude<BodyOutcome, { kind: "body" }>,
    malformed: (reason: string) => string,
    maxBodyBytes: number,
  ): TextAnswer | undefined {
    switch (body.kind) {
      case "too-large":
        this.#metrics.refused(this.#receiver, "too-large");
        return {
          httpStatus: 413,
          text: `the body is larger than ${maxBodyBytes} bytes (unpacked)`,
        };
      case "busy":
        return answerOf(this.#intake.overloaded(this.#receiver), malformed);
      case "unknown-encoding": {
        this.#metrics.refused(this.#receiver, "unsupported");
        const supported = CONTENT_ENCODINGS.join(", ");
        return {
          httpStatus: 415,
          text: `unsupported content encoding "${body.encoding}"; supported: ${supported}`,
          headers: { "Accept-Encoding": supported },
        };
      }
      case "corrupt":
        this.#metrics.refused(this.#receiver, "malformed");
        return { httpStatus: 400, text: malformed(body.message) };
      case "aborted":
        this.#metrics.refused(this.#receiver, "aborted");
        return undefined;
    }
  }
}

function answerOf(outcome: IntakeOutcome, malformed: (reason: string) => string): TextAnswer {
  switch (outcome.kind) {
    case "taken":
      return { httpStatus: 202, text: "" };
    case "malformed":
      return { httpStatus: 400, text: malformed(outcome.message) };
    case "retry": {
      const seconds = Math.max(1, Math.ceil(outcome.retryAfterMs / 1000));
      return {
        httpStatus: 503,
        text: outcome.message,
        headers: { "Retry-After": String(seconds) },
      };
    }
  }
}

function send(response: ServerResponse, answer: TextAnswer): void {
  const { httpStatus, text, headers, contentType = "text/plain; charset=utf-8" } = answer;
  response.writeHead(httpStatus, {
    ...(text === "" ? undefined : { "Content-Type": contentType }),
    "Content-Length": Buffer.byteLength(text),
    // A body of a stranger's words is not to be taken for a page.
    "X-Content-Type-Options": "nosniff",
    ...headers,
  });
  response.end(text);
}
