// OTLP over HTTP: POST /v1/traces, protobuf or JSON, one port. Plain node:http, since the door takes hundreds of
// requests of hundreds of kilobytes a second and needs nothing else.
// https://opentelemetry.io/docs/specs/otlp/#otlphttp

import type { IncomingMessage, ServerResponse } from "node:http";
import type { SpanSink } from "@culprit/trace-model";
import { type DecodeOutcome, decodeOtlpJson, OtlpProtobufDecoder } from "@culprit/wire";
import { HttpIntake, type PostOutcome, retryAfterHeader, unknownEncoding } from "../http-intake.ts";
import type { Metrics } from "../metrics.ts";
import type { BodyLimits } from "../read-body.ts";
import {
  exportResponseJson,
  exportResponseProtobuf,
  type PartialSuccess,
  RpcCode,
  type RpcStatus,
  statusJson,
  statusProtobuf,
} from "../rpc-status.ts";
import type { SpanIntake } from "../span-intake.ts";

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

type Decode = (bytes: Uint8Array, sink: SpanSink) => DecodeOutcome;

interface Answer {
  readonly httpStatus: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of what was taken, when it is not simply all. */
  readonly partial?: PartialSuccess;
  /** Of a refusal. */
  readonly status?: RpcStatus;
}

export class OtlpHttpReceiver {
  readonly #intake: HttpIntake;
  readonly #limits: Readonly<Record<Encoding, BodyLimits>>;
  readonly #decode: Readonly<Record<Encoding, Decode>>;

  constructor(intake: SpanIntake, metrics: Metrics, limits: HttpBodyLimits) {
    const decoder = new OtlpProtobufDecoder();
    this.#intake = new HttpIntake("otlp-http", intake, metrics);
    this.#limits = {
      "application/x-protobuf": limits,
      "application/json": jsonBodyLimits(limits),
    };
    this.#decode = {
      "application/x-protobuf": (bytes, sink) => decoder.decode(bytes, sink),
      "application/json": decodeOtlpJson,
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
      if (answer === undefined && encoding !== undefined) {
        const { [encoding]: limits } = this.#limits;
        const { [encoding]: decode } = this.#decode;
        const outcome = await this.#intake.post(request, response, expectsContinue, limits, decode);
        answer = outcome === undefined ? undefined : this.#answerOf(outcome, encoding);
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
    if (encoding !== undefined) return undefined;
    this.#intake.unsupported();
    const given = request.headers["content-type"] ?? "";
    const message = `unsupported content type "${given}"; supported: application/x-protobuf, application/json`;
    return refused(415, RpcCode.invalidArgument, message);
  }

  #answerOf(outcome: PostOutcome, encoding: Encoding): Answer {
    switch (outcome.kind) {
      case "taken": {
        const { rejectedSpans, message } = outcome;
        const isWhole = rejectedSpans === 0 && message === "";
        return {
          httpStatus: 200,
          ...(isWhole ? undefined : { partial: { rejectedSpans, message } }),
        };
      }
      case "malformed":
        return refused(400, RpcCode.invalidArgument, outcome.message);
      case "retry": {
        const { message, retryAfterMs } = outcome;
        return {
          httpStatus: 503,
          headers: retryAfterHeader(retryAfterMs),
          status: { code: RpcCode.unavailable, message, retryAfterMs },
        };
      }
      case "too-large": {
        const { maxBodyBytes } = outcome;
        const message =
          encoding === "application/json"
            ? `the body is larger than the ${maxBodyBytes} bytes (unpacked) that JSON may have; protobuf (application/x-protobuf) may have ${this.#limits["application/x-protobuf"].maxBodyBytes}`
            : `the body is larger than ${maxBodyBytes} bytes (unpacked)`;
        return refused(413, RpcCode.resourceExhausted, message);
      }
      case "unknown-encoding": {
        const { message, headers } = unknownEncoding(outcome.encoding);
        return { ...refused(415, RpcCode.invalidArgument, message), headers };
      }
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
