// What a gRPC call may hold while its message is on the way: bytes of the budget as they come and as they are unpacked,
// and a limited time. A call that sends nothing holds nothing but that time, so idle calls keep nobody out.
//
// The library hands a message over only when it is whole and unpacked. To count before that, two fields of its call are
// used that are not part of its declared interface ({@link LibraryCall}); the receiver's tests fail when they change.

import type { ServerHttp2Stream } from "node:http2";
import {
  Metadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from "@grpc/grpc-js";
import type { Receiver } from "./metrics.ts";
import { type BodyLimits, type BodyOutcome, CONTENT_ENCODINGS, unpack } from "./read-body.ts";
import { RpcCode, type RpcStatus, statusProtobuf } from "./rpc-status.ts";
import type { Refusal, SpanIntake } from "./span-intake.ts";

export interface GrpcLimits extends Omit<BodyLimits, "pool"> {
  /** From a call's headers to the end of its message; 20 s when absent. */
  readonly receiveTimeoutMs?: number;
}

/** Twice what exporters give a whole export by default. */
const RECEIVE_TIMEOUT_MS = 20_000;

/** Calls whose message is on the way, at some kilobytes each; further ones are refused. */
const MAX_RECEIVING = 4096;

interface LibraryCall {
  readonly stream: ServerHttp2Stream;
  /** How packed messages are packed; "identity" makes the library hand them over as they came. */
  incomingEncoding: string;
}

/** @param receiver the door, as its refusals are counted */
export function grpcReceiving(
  receiver: Receiver,
  intake: SpanIntake,
  limits: GrpcLimits,
): ServerInterceptor {
  const { budget, maxBodyBytes, receiveTimeoutMs = RECEIVE_TIMEOUT_MS } = limits;
  let receiving = 0;
  return (_method, call) => {
    const libraryCall = call as ServerInterceptingCallInterface & LibraryCall;
    const encoding = libraryCall.incomingEncoding;
    libraryCall.incomingEncoding = "identity";
    let isReceiving = false;
    let isPacked = false;
    let heldBytes = 0;
    let releaseUnpacked: (() => void) | undefined;
    let timeout: NodeJS.Timeout | undefined;

    const finish = (): void => {
      if (!isReceiving) return;
      isReceiving = false;
      receiving--;
      clearTimeout(timeout);
      budget.release(heldBytes);
      releaseUnpacked?.();
    };
    const refuse = (status: CallStatus): void => {
      finish();
      intercepting.sendStatus(status);
    };
    const countBytes = (chunk: Buffer): void => {
      if (!isReceiving) return;
      // A message begins with a byte that says whether it is packed.
      if (heldBytes === 0) isPacked = chunk[0] === 1;
      if (budget.reserve(chunk.length)) heldBytes += chunk.length;
      else refuse(refusalStatus(intake.overloaded(receiver)));
    };
    const begin = (): void => {
      isReceiving = true;
      receiving++;
      timeout = setTimeout(() => {
        const details = `the message did not come within ${receiveTimeoutMs / 1000} s`;
        refuse({ code: RpcCode.deadlineExceeded, details });
      }, receiveTimeoutMs);
      libraryCall.stream.on("data", countBytes);
    };
    const unpacked = (outcome: BodyOutcome): Buffer | undefined => {
      if (outcome.kind !== "body") {
        if (isReceiving)
          refuse(unpackStatus(outcome, () => intake.overloaded(receiver), maxBodyBytes));
        return undefined;
      }
      if (isReceiving) releaseUnpacked = outcome.release;
      else outcome.release();
      return isReceiving ? outcome.bytes : undefined;
    };

    const intercepting: ServerInterceptingCall = new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, proceed) => {
            const refusal =
              receiving >= MAX_RECEIVING ? intake.overloaded(receiver) : intake.refusal(receiver);
            if (refusal !== undefined) return intercepting.sendStatus(refusalStatus(refusal));
            begin();
            proceed(metadata);
          },
          onReceiveMessage: (message: Buffer, proceed) => {
            if (!isPacked || encoding === "identity") return proceed(message);
            if (!CONTENT_ENCODINGS.includes(encoding)) {
              const details = `unsupported grpc-encoding "${encoding}"; supported: ${CONTENT_ENCODINGS.join(", ")}`;
              return refuse({ code: RpcCode.unimplemented, details });
            }
            void unpack(message, encoding, limits).then((outcome) => {
              const bytes = unpacked(outcome);
              if (bytes !== undefined) proceed(bytes);
            });
          },
          // The handler decodes at once, before this returns.
          onReceiveHalfClose: (proceed) => {
            proceed();
            finish();
          },
          // Also called when the call has ended in any other way.
          onCancel: finish,
        }),
    });
    return intercepting;
  };
}

interface CallStatus {
  readonly code: number;
  readonly details: string;
  readonly metadata?: Metadata;
}

function unpackStatus(
  outcome: Exclude<BodyOutcome, { kind: "body" }>,
  overloaded: () => Refusal,
  maxBodyBytes: number,
): CallStatus {
  switch (outcome.kind) {
    case "busy":
      return refusalStatus(overloaded());
    case "too-large":
      return {
        code: RpcCode.resourceExhausted,
        details: `the message is larger than ${maxBodyBytes} bytes (unpacked)`,
      };
    case "corrupt":
      return refusalStatus({ kind: "malformed", message: outcome.message });
    default:
      return { code: RpcCode.internal, details: "the message could not be unpacked" };
  }
}

export function refusalStatus(outcome: Refusal): CallStatus {
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
