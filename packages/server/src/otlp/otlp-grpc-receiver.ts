// OTLP over gRPC: opentelemetry.proto.collector.trace.v1.TraceService/Export. The request stays bytes and goes into the
// same decoder as OTLP over HTTP.
// https://opentelemetry.io/docs/specs/otlp/#otlpgrpc

import { OtlpProtobufDecoder } from "@culprit/wire";
import {
  type handleUnaryCall,
  logVerbosity,
  Metadata,
  Server,
  ServerInterceptingCall,
  type ServerInterceptor,
  type ServiceDefinition,
  setLogVerbosity,
} from "@grpc/grpc-js";
import type { Refusal, SpanIntake } from "../span-intake.ts";
import { exportResponseProtobuf, RpcCode, type RpcStatus, statusProtobuf } from "./rpc-status.ts";

/** gRPC gives a message only when it is whole, so what bounds memory is how many are received at once. */
const MAX_RECEIVING = 32;
/** Calls that wait for their turn; further ones are refused. */
const MAX_WAITING = 1024;

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

export function createOtlpGrpcServer(intake: SpanIntake, maxBodyBytes: number): Server {
  const server = new Server({
    "grpc.max_receive_message_length": maxBodyBytes,
    interceptors: [refuseEarly(intake)],
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

/**
 * Stands between a call's headers and its message: refuses when nothing can be taken, and lets at most
 * {@link MAX_RECEIVING} messages come at once. The streams of the others stay paused: HTTP/2 holds their clients back.
 */
function refuseEarly(intake: SpanIntake): ServerInterceptor {
  const waiting: (() => void)[] = [];
  let receiving = 0;
  const leave = (): void => {
    receiving--;
    waiting.shift()?.();
  };
  return (_method, call) => {
    let leaveOnce: (() => void) | undefined;
    const received = (): void => {
      leaveOnce?.();
      leaveOnce = undefined;
    };
    const intercepting: ServerInterceptingCall = new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, proceed) => {
            const refusal =
              waiting.length >= MAX_WAITING
                ? intake.overloaded("otlp-grpc")
                : intake.refusal("otlp-grpc");
            if (refusal !== undefined) return intercepting.sendStatus(refusalStatus(refusal));
            const enter = (): void => {
              receiving++;
              leaveOnce = leave;
              proceed(metadata);
            };
            if (receiving < MAX_RECEIVING) enter();
            else waiting.push(enter);
          },
          onReceiveMessage: (message, proceed) => {
            received();
            proceed(message);
          },
          // Also called when the call has ended in any other way.
          onCancel: received,
        }),
    });
    return intercepting;
  };
}

interface RefusalStatus {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata;
}

function refusalStatus(outcome: Refusal): RefusalStatus {
  const status: RpcStatus =
    outcome.kind === "malformed"
      ? { code: RpcCode.invalidArgument, message: outcome.message }
      : {
          code: RpcCode.unavailable,
          message: outcome.message,
          retryAfterMs: outcome.retryAfterMs,
        };
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", statusProtobuf(status));
  return { code: status.code, details: status.message, metadata };
}
