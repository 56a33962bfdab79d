// How a call is answered: with one message or with a stream of them, as fast as the client takes them; what goes wrong is a
// status. Requests and answers stay bytes.

import { once } from "node:events";
import { StatementTooLong, StoreUnavailable } from "@culprit/store";
import { WireError } from "@culprit/wire";
import type {
  handleServerStreamingCall,
  handleUnaryCall,
  MethodDefinition,
  ServerWritableStream,
} from "@grpc/grpc-js";
import { ParameterError } from "../query/parameter-error.ts";
import { RpcCode } from "../rpc-status.ts";

type Bytes = Uint8Array;
export type Method = MethodDefinition<Bytes, Bytes>;

/** What was asked for by its id is not there. */
export class NotFound extends Error {
  override readonly name = "NotFound";
}

/** @param service with its package */
export function methodOf(service: string, name: string, responseStream: boolean): Method {
  return {
    path: `/${service}/${name}`,
    requestStream: false,
    responseStream,
    requestDeserialize: asIs,
    requestSerialize: asBuffer,
    responseDeserialize: asIs,
    responseSerialize: asBuffer,
  };
}

const asIs = (bytes: Buffer): Bytes => bytes;

const asBuffer = (bytes: Bytes): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export function unary(answer: (request: Bytes) => Promise<Bytes>): handleUnaryCall<Bytes, Bytes> {
  return (call, callback) => {
    answer(call.request).then(
      (response) => callback(null, response),
      (error: unknown) => callback(statusOf(error, call.getPath())),
    );
  };
}

export function streaming(
  answer: (request: Bytes) => AsyncIterable<Bytes>,
): handleServerStreamingCall<Bytes, Bytes> {
  return (call) => {
    sendAll(call, answer).catch((error: unknown) => {
      call.emit("error", statusOf(error, call.getPath()));
    });
  };
}

async function sendAll(
  call: ServerWritableStream<Bytes, Bytes>,
  answer: (request: Bytes) => AsyncIterable<Bytes>,
): Promise<void> {
  const cancelled = new Promise((resolve) => call.once("cancelled", resolve));
  for await (const message of answer(call.request)) {
    if (call.cancelled) return;
    if (!call.write(message)) await Promise.race([once(call, "drain"), cancelled]);
  }
  call.end();
}

interface CallStatus {
  readonly code: number;
  readonly details: string;
}

function statusOf(error: unknown, path: string): CallStatus {
  if (error instanceof NotFound) return { code: RpcCode.notFound, details: error.message };
  if (error instanceof StoreUnavailable) {
    return { code: RpcCode.unavailable, details: error.message };
  }
  const isQuestion =
    error instanceof ParameterError ||
    error instanceof WireError ||
    error instanceof StatementTooLong;
  if (isQuestion) return { code: RpcCode.invalidArgument, details: error.message };
  console.error(`query-grpc: ${path} failed:`, error);
  return { code: RpcCode.internal, details: "internal error" };
}
