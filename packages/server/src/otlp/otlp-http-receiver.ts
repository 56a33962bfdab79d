// OTLP over HTTP: POST /v1/traces, protobuf or JSON, one port. Plain node:http, since the door takes hundreds of
// requests of hundreds of kilobytes a second and needs nothing else.
// https://opentelemetry.io/docs/specs/otlp/#otlphttp

import type { IncomingMessage, ServerResponse } from "node:http";
import type { SpanSink } from "@culprit/trace-model";
import { type DecodeOutcome, decodeOtlpJson, OtlpProtobufDecoder } from "@culprit/wire";
import type { Metrics } from "../metrics.ts";
import { type BodyLimits, type BodyOutcome, CONTENT_ENCODINGS, readBody } from "../read-body.ts";
import {
  exportResponseJson,
  exportResponseProtobuf,
  type PartialSuccess,
  RpcCode,
  type RpcStatus,
  statusJson,
  statusProtobuf,
} from "../rpc-status.ts";
import type { IntakeOutcome, SpanIntake } from "../span-intake.ts";

export const OTLP_HTTP_PATH = "/v1/traces";

/**
 * Parsed JSON is objects: an empty one of 3 bytes takes some 24, and 64 MiB of them 3 GB and 12 s. Protobuf is decoded
 * straight into columns.
 */
export const JSON_WEIGHT = 8;

export interface HttpBodyLimits extends Omit<BodyLimits, "weight"> {
  /** Of one JSON body, unpacked. */
  readonly maxJsonBodyBytes: number;
}

/** Of a JSON body. */
export function jsonBodyLimits(limits: HttpBodyLimits): BodyLimits {
  const maxBodyBytes = Math.min(limits.maxJsonBodyBytes, limits.maxBodyBytes);
  return { ...limits, maxBodyBytes, weight: JSON_WEIGHT };
}

type Encoding = "application/x-protobuf" | "application/json";

interface Answer {
  readonly httpStatus: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of what was taken, when it is not simply all. */
  readonly partial?: PartialSuccess;
  /** Of a refusal. */
  readonly status?: RpcStatus;
}

export class OtlpHttpReceiver {
  readonly #intake: SpanIntake;
  readonly #metrics: Metrics;
  readonly #limits: Readonly<Record<Encoding, BodyLimits>>;
  readonly #decoder = new OtlpProtobufDecoder();

  constructor(intake: SpanIntake, metrics: Metrics, limits: HttpBodyLimits) {
    this.#intake = intake;
    this.#metrics = metrics;
    this.#limits = {
      "application/x-protobuf": limits,
      "application/json": jsonBodyLimits(limits),
    };
  }

  /** @param expectsContinue the client waits for a word before it sends the body ("Expect: 100-continue") */
  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    expectsContinue: boolean = false,
  ): Promise<void> {
    const encoding = encodingOf(request.headers["content-type"]);
    let answer: Answer | undefined;
    try {
      answer = this.#refusal(request, encoding);
      if (answer === undefined) {
        if (expectsContinue) response.writeContinue();
        answer = await this.#take(request, encoding ?? "application/json");
      }
    } catch (error) {
      console.error("otlp-http: a request failed:", error);
      answer = refused(500, RpcCode.internal, "internal error");
    }
    if (answer === undefined) response.destroy();
    else send(response, encoding, answer);
  }

  /** What can be refused before the body is read. */
  #refusal(request: IncomingMessage, encoding: Encoding | undefined): Answer | undefined {
    const path = request.url?.split("?", 1)[0];
    if (path !== OTLP_HTTP_PATH) {
      const message = `this port takes traces only, at POST ${OTLP_HTTP_PATH}`;
      return refused(404, RpcCode.notFound, message);
    }
    if (request.method !== "POST") {
      const message = `${request.method} is not supported; use POST`;
      return { ...refused(405, RpcCode.unimplemented, message), headers: { Allow: "POST" } };
    }
    if (encoding === undefined) {
      this.#metrics.refused("otlp-http", "unsupported");
      const given = request.headers["content-type"] ?? "";
      const message = `unsupported content type "${given}"; supported: application/x-protobuf, application/json`;
      return refused(415, RpcCode.invalidArgument, message);
    }
    const refusal = this.#intake.refusal("otlp-http");
    return refusal === undefined ? undefined : answerOf(refusal);
  }

  /** Undefined when the client went away. */
  async #take(request: IncomingMessage, encoding: Encoding): Promise<Answer | undefined> {
    const body = await readBody(request, this.#limits[encoding]);
    if (body.kind !== "body") return this.#unread(body, encoding);
    const { bytes } = body;
    const decode =
      encoding === "application/x-protobuf"
        ? (sink: SpanSink): DecodeOutcome => this.#decoder.decode(bytes, sink)
        : (sink: SpanSink): DecodeOutcome => decodeOtlpJson(bytes, sink);
    const outcome = this.#intake.take("otlp-http", bytes.length, decode);
    // The commit may take a while, and the bytes are needed by the next request.
    body.release();
    return answerOf(await outcome);
  }

  #unread(body: Exclude<BodyOutcome, { kind: "body" }>, encoding: Encoding): Answer | undefined {
    switch (body.kind) {
      case "too-large": {
        this.#metrics.refused("otlp-http", "too-large");
        const { maxBodyBytes } = this.#limits[encoding];
        const message =
          encoding === "application/json"
            ? `the body is larger than the ${maxBodyBytes} bytes (unpacked) that JSON may have; protobuf (application/x-protobuf) may have ${this.#limits["application/x-protobuf"].maxBodyBytes}`
            : `the body is larger than ${maxBodyBytes} bytes (unpacked)`;
        return refused(413, RpcCode.resourceExhausted, message);
      }
      case "busy":
        return answerOf(this.#intake.overloaded("otlp-http"));
      case "unknown-encoding": {
        this.#metrics.refused("otlp-http", "unsupported");
        const supported = CONTENT_ENCODINGS.join(", ");
        const message = `unsupported content encoding "${body.encoding}"; supported: ${supported}`;
        const headers = { "Accept-Encoding": supported };
        return { ...refused(415, RpcCode.invalidArgument, message), headers };
      }
      case "corrupt":
        this.#metrics.refused("otlp-http", "malformed");
        return answerOf({ kind: "malformed", message: body.message });
      case "aborted":
        this.#metrics.refused("otlp-http", "aborted");
        return undefined;
    }
  }
}

function encodingOf(contentType: string | undefined): Encoding | undefined {
  const type = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  return type === "application/x-protobuf" || type === "application/json" ? type : undefined;
}

function refused(httpStatus: number, code: number, message: string): Answer {
  return { httpStatus, status: { code, message } };
}

function answerOf(outcome: IntakeOutcome): Answer {
  const { message } = outcome;
  switch (outcome.kind) {
    case "taken": {
      const { rejectedSpans } = outcome;
      const isWhole = rejectedSpans === 0 && message === "";
      return {
        httpStatus: 200,
        ...(isWhole ? undefined : { partial: { rejectedSpans, message } }),
      };
    }
    case "malformed":
      return refused(400, RpcCode.invalidArgument, message);
    case "retry": {
      const { retryAfterMs } = outcome;
      const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
      return {
        httpStatus: 503,
        headers: { "Retry-After": String(seconds) },
        status: { code: RpcCode.unavailable, message, retryAfterMs },
      };
    }
  }
}

/** In the encoding of the request; in JSON where that is not one of ours. */
function send(response: ServerResponse, encoding: Encoding | undefined, answer: Answer): void {
  const { httpStatus, headers, partial, status } = answer;
  const isProtobuf = encoding === "application/x-protobuf";
  const body =
    status === undefined
      ? (isProtobuf ? exportResponseProtobuf : exportResponseJson)(partial)
      : (isProtobuf ? statusProtobuf : statusJson)(status);
  response.writeHead(httpStatus, {
    "Content-Type": encoding ?? "application/json",
    "Content-Length": Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}
