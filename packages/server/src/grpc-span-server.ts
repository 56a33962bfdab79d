// A gRPC server whose main service takes spans by one unary method. Messages stay bytes, which go into a decoder of
// wire; limits and refusals are those of every door.

import type { SpanSink } from "@culprit/trace-model";
import type { DecodeOutcome } from "@culprit/wire";
import {
  type handleUnaryCall,
  logVerbosity,
  Server,
  ServerInterceptingCall,
  setLogVerbosity,
} from "@grpc/grpc-js";
import { type GrpcLimits, grpcReceiving, refusalStatus } from "./grpc-receiving.ts";
import type { Receiver } from "./metrics.ts";
import { type PartialSuccess, RpcCode } from "./rpc-status.ts";
import type { SpanIntake } from "./span-intake.ts";

// What goes wrong is told to the caller and to whoever opens the server; the library would print it as well.
setLogVerbosity(logVerbosity.NONE);

export interface GrpcSpanMethod {
  readonly receiver: Receiver;
  /** `/package.Service/Method` */
  readonly path: string;
  decode(bytes: Uint8Array, sink: SpanSink): DecodeOutcome;
  /** @param partial set when not simply all was taken */
  answer(partial: PartialSuccess | undefined): Buffer;
}

const identity = (bytes: Buffer): Buffer => bytes;

/** Services that are added to it are not counted as spans and not refused while the disk is behind. */
export function createGrpcSpanServer(
  method: GrpcSpanMethod,
  intake: SpanIntake,
  limits: GrpcLimits,
): Server {
  const receiving = grpcReceiving(method.receiver, intake, limits);
  const server = new Server({
    "grpc.max_receive_message_length": limits.maxBodyBytes,
    interceptors: [
      (called, call) =>
        called.path === method.path ? receiving(called, call) : new ServerInterceptingCall(call),
    ],
  });
  const takeSpans: handleUnaryCall<Buffer, Buffer> = (call, callback) => {
    const bytes = call.request;
    intake
      .take(method.receiver, bytes.length, (sink) => method.decode(bytes, sink))
      .then(
        (outcome) => {
          if (outcome.kind !== "taken") return callback(refusalStatus(outcome));
          const { rejectedSpans, message } = outcome;
          const isWhole = rejectedSpans === 0 && message === "";
          callback(null, method.answer(isWhole ? undefined : { rejectedSpans, message }));
        },
        (error: unknown) => {
          console.error(`${method.receiver}: a request failed:`, error);
          callback({ code: RpcCode.internal, details: "internal error" });
        },
      );
  };
  server.addService(
    {
      takeSpans: {
        path: method.path,
        requestStream: false,
        responseStream: false,
        requestDeserialize: identity,
        requestSerialize: identity,
        responseDeserialize: identity,
        responseSerialize: identity,
      },
    },
    { takeSpans },
  );
  return server;
}
