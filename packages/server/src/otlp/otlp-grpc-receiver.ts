// OTLP over gRPC: opentelemetry.proto.collector.trace.v1.TraceService/Export. The request stays bytes and goes into the
// same decoder as OTLP over HTTP.
// https://opentelemetry.io/docs/specs/otlp/#otlpgrpc

import { OtlpProtobufDecoder } from "@culprit/wire";
import {
  type handleUnaryCall,
  logVerbosity,
  Server,
  type ServiceDefinition,
  setLogVerbosity,
} from "@grpc/grpc-js";
import { type GrpcLimits, grpcReceiving, refusalStatus } from "../grpc-receiving.ts";
import { exportResponseProtobuf, RpcCode } from "../rpc-status.ts";
import type { SpanIntake } from "../span-intake.ts";

// What goes wrong is told to the caller and to whoever opens the server; the library would print it as well.
setLogVerbosity(logVerbosity.NONE);

type Export = handleUnaryCall<Buffer, Buffer>;

const identity = (bytes: Buffer): Buffer => bytes;

const TRACE_SERVICE: ServiceDefinition<{ Export: Export }> = {
  Export: {
    path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    requestStream: false,
    responseStream: false,
    requestDeserialize: identity,
    requestSerialize: identity,
    responseDeserialize: identity,
    responseSerialize: identity,
  },
};

export function createOtlpGrpcServer(intake: SpanIntake, limits: GrpcLimits): Server {
  const server = new Server({
    "grpc.max_receive_message_length": limits.maxBodyBytes,
    interceptors: [grpcReceiving("otlp-grpc", intake, limits)],
  });
  const decoder = new OtlpProtobufDecoder();
  const exportSpans: Export = (call, callback) => {
    const bytes = call.request;
    intake
      .take("otlp-grpc", bytes.length, (sink) => decoder.decode(bytes, sink))
      .then(
        (outcome) => {
          if (outcome.kind !== "taken") return callback(refusalStatus(outcome));
          const { rejectedSpans, message } = outcome;
          const isWhole = rejectedSpans === 0 && message === "";
          callback(null, exportResponseProtobuf(isWhole ? undefined : { rejectedSpans, message }));
        },
        (error: unknown) => {
          console.error("otlp-grpc: a request failed:", error);
          callback({ code: RpcCode.internal, details: "internal error" });
        },
      );
  };
  server.addService(TRACE_SERVICE, { Export: exportSpans });
  return server;
}
