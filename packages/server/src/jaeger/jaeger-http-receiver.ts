// Jaeger's collector over HTTP: POST /api/traces, a Thrift Batch in the binary protocol; and the collector's way to ask
// for a sampling strategy, GET /api/sampling?service=.
// https://www.jaegertracing.io/docs/1.60/apis/#thrift-over-http-stable

import type { IncomingMessage } from "node:http";
import { JaegerThriftDecoder } from "@culprit/wire";
import { AcceptingReceiver, type RequestPlan } from "../accepting-receiver.ts";
import { parseMediaType } from "../media-type.ts";
import type { Metrics } from "../metrics.ts";
import type { BodyLimits } from "../read-body.ts";
import { samplingAnswer } from "../sampling/sampling-http.ts";
import type { SpanIntake } from "../span-intake.ts";
import { notAllowed, type TextAnswer } from "../text-answer.ts";

const SPANS_PATH = "/api/traces";
const SAMPLING_PATH = "/api/sampling";
const THRIFT_TYPES = ["application/x-thrift", "application/vnd.apache.thrift.binary"];

export interface JaegerHttpParts {
  readonly intake: SpanIntake;
  readonly metrics: Metrics;
  readonly limits: BodyLimits;
  /** The strategy of a service, as a document; without it the path is not there. */
  readonly sampling?: ((service: string) => object) | undefined;
}

export function createJaegerHttpReceiver(parts: JaegerHttpParts): AcceptingReceiver {
  const { intake, metrics, limits, sampling } = parts;
  const decoder = new JaegerThriftDecoder();
  const plan = (request: IncomingMessage): RequestPlan => {
    const [path] = (request.url ?? "").split("?", 1);
    if (path === SAMPLING_PATH && sampling !== undefined) {
      return answer(samplingAnswer(sampling, request));
    }
    if (path !== SPANS_PATH)
      return answer({
        httpStatus: 404,
        text: `this port takes spans, at POST ${SPANS_PATH}`,
      });
    if (request.method !== "POST") return answer(notAllowed(request.method, "POST"));
    return spansPlan(request.headers["content-type"] ?? "", decoder);
  };
  return new AcceptingReceiver("jaeger-http", plan, intake, metrics, limits);
}

/** The parameters of the path (format=jaeger.thrift, which old clients send) say nothing that the type does not. */
function spansPlan(contentType: string, decoder: JaegerThriftDecoder): RequestPlan {
  const parsed = parseMediaType(contentType);
  if (parsed.kind === "malformed") {
    return unsupported(`Cannot parse content type: ${parsed.reason}`);
  }
  if (!THRIFT_TYPES.includes(parsed.type)) {
    return unsupported(`Unsupported content type: ${parsed.type}`);
  }
  return {
    kind: "decode",
    decode: (bytes, sink) => decoder.decodeBatch(bytes, sink),
  };
}

function unsupported(text: string): RequestPlan {
  return { kind: "answer", answer: { httpStatus: 400, text }, reason: "unsupported" };
}

function answer(text: TextAnswer): RequestPlan {
  return { kind: "answer", answer: text };
}
