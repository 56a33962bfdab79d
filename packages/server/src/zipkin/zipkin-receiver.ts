// Zipkin's collector: POST /api/v2/spans and /api/v1/spans. JSON of either version is taken at both paths, since a span
// says itself which it is.
// https://zipkin.io/zipkin-api/

import type { IncomingMessage } from "node:http";
import type { SpanSink } from "@culprit/trace-model";
import {
  type DecodeOutcome,
  WireError,
  ZipkinJsonDecoder,
  ZipkinProtobufDecoder,
  ZipkinThriftDecoder,
} from "@culprit/wire";
import { AcceptingReceiver, type RequestPlan } from "../accepting-receiver.ts";
import type { Metrics } from "../metrics.ts";
import type { BodyLimits } from "../read-body.ts";
import type { SpanIntake } from "../span-intake.ts";
import { notAllowed } from "../text-answer.ts";

/** A body that does not say what it is. */
const DEFAULT_TYPE = "application/json";

export function createZipkinReceiver(
  intake: SpanIntake,
  metrics: Metrics,
  limits: BodyLimits,
): AcceptingReceiver {
  const json = new ZipkinJsonDecoder();
  const decoders = new Map<string, Decoders>([
    [
      "/api/v2/spans",
      new Map<string, Decoder>([
        ["application/json", json],
        ["application/x-protobuf", new ZipkinProtobufDecoder()],
      ]),
    ],
    [
      "/api/v1/spans",
      new Map<string, Decoder>([
        ["application/json", json],
        ["application/x-thrift", new ZipkinThriftDecoder()],
      ]),
    ],
  ]);
  const plan = ({ url = "", method, headers }: IncomingMessage): RequestPlan => {
    const ofPath = decoders.get(url.split("?", 1)[0] ?? "");
    if (ofPath === undefined) {
      const paths = [...decoders.keys()].join(" and ");
      const text = `this port takes spans only, at POST ${paths}`;
      return { kind: "answer", answer: { httpStatus: 404, text } };
    }
    if (method !== "POST") return { kind: "answer", answer: notAllowed(method, "POST") };
    return spansPlan(headers["content-type"] ?? DEFAULT_TYPE, ofPath);
  };
  return new AcceptingReceiver("zipkin", plan, intake, metrics, limits);
}

interface Decoder {
  decode(bytes: Uint8Array, sink: SpanSink): DecodeOutcome;
}

/** By media type, in the order in which they are listed to clients. */
type Decoders = ReadonlyMap<string, Decoder>;

function spansPlan(given: string, decoders: Decoders): RequestPlan {
  // Parameters, well-formed or not, say nothing that the body does not.
  const decoder = decoders.get(given.split(";", 1)[0]?.trim().toLowerCase() ?? "");
  if (decoder === undefined) {
    const supported = [...decoders.keys()].join(", ");
    const text = `Unsupported content type: ${given}; supported: ${supported}`;
    return { kind: "answer", answer: { httpStatus: 415, text }, reason: "unsupported" };
  }
  return {
    kind: "decode",
    decode(bytes, sink) {
      // An empty body is a list of no spans in protobuf alone, and no client means it.
      if (bytes.length === 0) throw new WireError("unknown-format", "the body is empty");
      return decoder.decode(bytes, sink);
    },
  };
}
