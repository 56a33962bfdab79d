// OTLP over HTTP: POST /v1/traces, protobuf or JSON, one port. Plain node:http, since the door takes hundreds of
// requests of hundreds of kilobytes a second and needs nothing else.
// https://opentelemetry.io/docs/specs/otlp/#otlphttp

import type { IncomingMessage, ServerResponse } from "node:http";
import type { SpanSink } from "@culprit/trace-model";
import { type DecodeOutcome, decodeOtlpJson, OtlpProtobufDecoder } from "@culprit/wire";
import type { Metrics } from "../metrics.ts";
import type { IntakeOutcome, SpanIntake } from "../span-intake.ts";
import { type BodyLimits, type BodyOutcome, CONTENT_ENCODINGS, readBody } from "./read-body.ts";
import {
  exportResponseJson,
  exportResponseProtobuf,
  RpcCode,
  type RpcStatus,
  statusJson,
  statusProtobuf,
} from "./rpc-status.ts";

export const OTLP_HTTP_PATH = "/v1/traces";

type Encoding = "application/x-protobuf" | "application/json";

export class OtlpHttpReceiver {
  readonly #intake: SpanIntake;
  readonly #metrics: Metrics;
  readonly #limits: BodyLimits;
  readonly #decoder = new OtlpProtobufDecoder();

  constructor(intake: SpanIntake, metrics: Metrics, limits: BodyLimits) {
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
    const encoding = encodingOf(request.headers["content-type"]);
    try {
      const unfit = this.#unfit(request, response, encoding);
      if (unfit) return;
      const refusal = this.#intake.refusal("otlp-http");
      if (refusal !== undefined) return answer(response, encoding, refusal);
      if (expectsContinue) response.writeContinue();
      await this.#take(request, response, encoding ?? "application/json");
    } catch (error) {
      this.#failed(response, encoding, error);
    }
  }

  /** Answers requests that are not OTLP at all. */
  #unfit(
    request: IncomingMessage,
    response: ServerResponse,
    encoding: Encoding | undefined,
  ): boolean {
    const path = request.url?.split("?", 1)[0];
    if (path !== OTLP_HTTP_PATH) {
      const message = `this port takes traces only, at POST ${OTLP_HTTP_PATH}`;
      refuse(response, 404, encoding, { code: RpcCode.notFound, message });
      return true;
    }
    if (request.method !== "POST") {
      response.setHeader("Allow", "POST");
      const message = `${request.method} is not supported; use POST`;
      refuse(response, 405, encoding, { code: RpcCode.unimplemented, message });
      return true;
    }
    if (encoding === undefined) {
      this.#metrics.refused("otlp-http", "unsupported");
      const given = request.headers["content-type"] ?? "";
      const message = `unsupported content type "${given}"; supported: application/x-protobuf, application/json`;
      refuse(response, 415, encoding, { code: RpcCode.invalidArgument, message });
      return true;
    }
    return false;
  }

  async #take(
    request: IncomingMessage,
    response: ServerResponse,
    encoding: Encoding,
  ): Promise<void> {
    const body = await readBody(request, this.#limits);
    if (body.kind !== "body") return this.#unread(response, encoding, body);
    const { bytes } = body;
    const decode =
      encoding === "application/x-protobuf"
        ? (sink: SpanSink): DecodeOutcome => this.#decoder.decode(bytes, sink)
        : (sink: SpanSink): DecodeOutcome => decodeOtlpJson(bytes, sink);
    const outcome = this.#intake.take("otlp-http", bytes.length, decode);
    body.release();
    answer(response, encoding, await outcome);
  }

  #unread(
    response: ServerResponse,
    encoding: Encoding,
    body: Exclude<BodyOutcome, { kind: "body" }>,
  ): void {
    switch (body.kind) {
      case "too-large": {
        this.#metrics.refused("otlp-http", "too-large");
        const message = `the body is larger than ${this.#limits.maxBodyBytes} bytes (unpacked)`;
        return refuse(response, 413, encoding, { code: RpcCode.resourceExhausted, message });
      }
      case "busy":
        return answer(response, encoding, this.#intake.overloaded("otlp-http"));
      case "unknown-encoding": {
        this.#metrics.refused("otlp-http", "unsupported");
        const supported = CONTENT_ENCODINGS.join(", ");
        const message = `unsupported content encoding "${body.encoding}"; supported: ${supported}`;
        response.setHeader("Accept-Encoding", supported);
        return refuse(response, 415, encoding, { code: RpcCode.invalidArgument, message });
      }
      case "corrupt":
        this.#metrics.refused("otlp-http", "malformed");
        return answer(response, encoding, { kind: "malformed", message: body.message });
      case "aborted":
        this.#metrics.refused("otlp-http", "aborted");
        response.destroy();
    }
  }

  #failed(response: ServerResponse, encoding: Encoding | undefined, error: unknown): void {
    console.error("otlp-http: a request failed:", error);
    if (response.headersSent) return void response.destroy();
    refuse(response, 500, encoding, { code: RpcCode.internal, message: "internal error" });
  }
}

function encodingOf(contentType: string | undefined): Encoding | undefined {
  const type = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  return type === "application/x-protobuf" || type === "application/json" ? type : undefined;
}

function answer(
  response: ServerResponse,
  encoding: Encoding | undefined,
  outcome: IntakeOutcome,
): void {
  if (outcome.kind === "malformed") {
    const { message } = outcome;
    return refuse(response, 400, encoding, { code: RpcCode.invalidArgument, message });
  }
  if (outcome.kind === "retry") {
    const { message, retryAfterMs } = outcome;
    response.setHeader("Retry-After", String(Math.max(1, Math.ceil(retryAfterMs / 1000))));
    return refuse(response, 503, encoding, { code: RpcCode.unavailable, message, retryAfterMs });
  }
  const { rejectedSpans, message } = outcome;
  const partial = rejectedSpans > 0 || message !== "" ? { rejectedSpans, message } : undefined;
  const isProtobuf = encoding === "application/x-protobuf";
  send(
    response,
    200,
    encoding,
    isProtobuf ? exportResponseProtobuf(partial) : exportResponseJson(partial),
  );
}

/** What cannot be told in the encoding of the request is told in JSON. */
function refuse(
  response: ServerResponse,
  httpStatus: number,
  encoding: Encoding | undefined,
  status: RpcStatus,
): void {
  const isProtobuf = encoding === "application/x-protobuf";
  send(response, httpStatus, encoding, isProtobuf ? statusProtobuf(status) : statusJson(status));
}

function send(
  response: ServerResponse,
  httpStatus: number,
  encoding: Encoding | undefined,
  body: Buffer | string,
): void {
  response.writeHead(httpStatus, {
    "Content-Type": encoding ?? "application/json",
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(body);
}
