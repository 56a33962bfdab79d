// OTLP over gRPC: opentelemetry.proto.collector.trace.v1.TraceService/Export. The request stays bytes and goes into the
// same decoder as OTLP over HTTP.
// https://opentelemetry.io/docs/specs/otlp/#otlpgrpc

import { OtlpProtobufDecoder } from "@culprit/wire";
import type { Server } from "@grpc/grpc-js";
import type { GrpcLimits } from "../grpc-receiving.ts";
import { createGrpcSpanServer } from "../grpc-span-server.ts";
import { exportResponseProtobuf } from "../rpc-status.ts";
import type { SpanIntake } from "../span-intake.ts";

export function createOtlpGrpcServer(intake: SpanIntake, limits: GrpcLimits): Server {
  const decoder = new OtlpProtobufDecoder();
  return createGrpcSpanServer(
    {
      receiver: "otlp-grpc",
      path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
      decode: (bytes, sink) => decoder.decode(bytes, sink),
      answer: exportResponseProtobuf,
    },
    intake,
    limits,
  );
}
