// Doors whose clients read nothing but the status: 202 with an empty body once the spans are committed, a refusal as one
// line of text. Zipkin's and Jaeger's collectors answer so.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { SpanSink } from "@culprit/trace-model";
import { type DecodeOutcome, WireError } from "@culprit/wire";
import { HttpIntake, type PostOutcome, retryAfterHeader, unknownEncoding } from "./http-intake.ts";
import type { Metrics, Receiver } from "./metrics.ts";
import type { BodyLimits } from "./read-body.ts";
import type { SpanIntake } from "./span-intake.ts";

export type Decode = (bytes: Uint8Array, sink: SpanSink) => DecodeOutcome;

export interface PlainAnswer {
  readonly httpStatus: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** By media type in lower case, in the order in which they are listed to clients. */
export type Decoders = ReadonlyMap<string, Decode>;

export interface PlainDoor {
  readonly receiver: Receiver;
  /** By path. */
  readonly decoders: ReadonlyMap<string, Decoders>;
  /** The media type of a body that does not say its own; without this such a body is unsupported. */
  readonly defaultType?: string;
}

export class PlainHttpReceiver {
  readonly #door: PlainDoor;
  readonly #intake: HttpIntake;
  readonly #limits: BodyLimits;

  constructor(door: PlainDoor, intake: SpanIntake, metrics: Metrics, limits: BodyLimits) {
    this.#door = door;
    this.#intake = new HttpIntake(door.receiver, intake, metrics);
    this.#limits = limits;
  }

  /** @param expectsContinue the client waits for a word before it sends the body ("Expect: 100-continue") */
  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    expectsContinue: boolean = false,
  ): Promise<void> {
    let answer: PlainAnswer | undefined;
    try {
      const decode = this.#decodeOf(request);
      if (typeof decode === "object") {
        answer = decode;
      } else {
        const limits = this.#limits;
        const outcome = await this.#intake.post(request, response, expectsContinue, limits, decode);
        answer = outcome === undefined ? undefined : answerOf(outcome);
      }
    } catch (error) {
      console.error(`${this.#door.receiver}: a request failed:`, error);
      answer = { httpStatus: 500, text: "internal error" };
    }
    if (answer === undefined) response.destroy();
    else sendPlain(response, answer);
  }

  /** @returns how the body is decoded, or why it is not read */
  #decodeOf(request: IncomingMessage): Decode | PlainAnswer {
    const { decoders, defaultType } = this.#door;
    const ofPath = decoders.get(request.url?.split("?", 1)[0] ?? "");
    if (ofPath === undefined) {
      const paths = [...decoders.keys()].join(" and ");
      return { httpStatus: 404, text: `this port takes spans only, at POST ${paths}` };
    }
    if (request.method !== "POST") {
      const text = `${request.method} is not supported; use POST`;
      return { httpStatus: 405, text, headers: { Allow: "POST" } };
    }
    const given = request.headers["content-type"] ?? defaultType ?? "";
    const decode = ofPath.get(given.split(";", 1)[0]?.trim().toLowerCase() ?? "");
    if (decode !== undefined) return refusingEmpty(decode);
    this.#intake.unsupported();
    const supported = [...ofPath.keys()].join(", ");
    const text = `Unsupported content type: ${given}; supported: ${supported}`;
    return { httpStatus: 415, text };
  }
}

/** An empty body is a list of no spans in protobuf alone, and no client means it. */
function refusingEmpty(decode: Decode): Decode {
  return (bytes, sink) => {
    if (bytes.length === 0) throw new WireError("unknown-format", "the body is empty");
    return decode(bytes, sink);
  };
}

function answerOf(outcome: PostOutcome): PlainAnswer {
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
    case "too-large":
      return {
        httpStatus: 413,
        text: `the body is larger than ${outcome.maxBodyBytes} bytes (unpacked)`,
      };
    case "unknown-encoding": {
      const { message, headers } = unknownEncoding(outcome.encoding);
      return { httpStatus: 415, text: message, headers };
    }
  }
}

/** One line of text, or nothing. */
export function sendPlain(
  response: ServerResponse,
  { httpStatus, text, headers }: PlainAnswer,
): void {
  const body = text === "" ? "" : `${text}\n`;
  response.writeHead(httpStatus, {
    ...(body === "" ? undefined : { "Content-Type": "text/plain; charset=utf-8" }),
    "Content-Length": Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}
