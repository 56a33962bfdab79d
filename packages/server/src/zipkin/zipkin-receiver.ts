// Zipkin's collector: POST /api/v2/spans and /api/v1/spans. JSON of either version is taken at both paths, since a span
// says itself which it is.
// https://zipkin.io/zipkin-api/

import { ZipkinJsonDecoder, ZipkinProtobufDecoder, ZipkinThriftDecoder } from "@culprit/wire";
import type { Metrics } from "../metrics.ts";
import { type Decode, PlainHttpReceiver } from "../plain-http-receiver.ts";
import type { BodyLimits } from "../read-body.ts";
import type { SpanIntake } from "../span-intake.ts";

export function createZipkinReceiver(
  intake: SpanIntake,
  metrics: Metrics,
  limits: BodyLimits,
): PlainHttpReceiver {
  const json = new ZipkinJsonDecoder();
  const protobuf = new ZipkinProtobufDecoder();
  const thrift = new ZipkinThriftDecoder();
  const decodeJson: Decode = (bytes, sink) => json.decode(bytes, sink);
  const decoders = new Map([
    [
      "/api/v2/spans",
      new Map<string, Decode>([
        ["application/json", decodeJson],
        ["application/x-protobuf", (bytes, sink) => protobuf.decode(bytes, sink)],
      ]),
    ],
    [
      "/api/v1/spans",
      new Map<string, Decode>([
        ["application/json", decodeJson],
        ["application/x-thrift", (bytes, sink) => thrift.decode(bytes, sink)],
      ]),
    ],
  ]);
  const door = { receiver: "zipkin", decoders, defaultType: "application/json" } as const;
  return new PlainHttpReceiver(door, intake, metrics, limits);
}
