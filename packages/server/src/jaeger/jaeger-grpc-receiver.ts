// Jaeger's collector over gRPC: jaeger.api_v2.CollectorService/PostSpans, and what else clients ask on that port.
// https://www.jaegertracing.io/docs/1.60/apis/#protobuf-via-grpc-stable

import { JaegerProtobufDecoder } from "@culprit/wire";
import type { Server } from "@grpc/grpc-js";
import type { GrpcLimits } from "../grpc-receiving.ts";
import { createGrpcSpanServer } from "../grpc-span-server.ts";
import type { SpanIntake } from "../span-intake.ts";

/** PostSpansResponse has no fields. */
const POSTED = Buffer.alloc(0);

export function createJaegerGrpcServer(intake: SpanIntake, limits: GrpcLimits): Server {
  const decoder = new JaegerProtobufDecoder();
  return createGrpcSpanServer(
    {
      receiver: "jaeger-grpc",
      path: "/jaeger.api_v2.CollectorService/PostSpans",
      decode: (bytes, sink) => decoder.decode(bytes, sink),
      answer: () => POSTED,
    },
    intake,
    limits,
  );
}
