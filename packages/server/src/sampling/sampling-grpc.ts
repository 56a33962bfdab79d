// Sampling strategies over gRPC: jaeger.api_v2.SamplingManager/GetSamplingStrategy.
// https://github.com/jaegertracing/jaeger-idl/blob/main/proto/api_v2/sampling.proto

import { ProtobufReader, ProtobufWriter, WireError } from "@culprit/wire";
import type { handleUnaryCall, Server, ServiceDefinition } from "@grpc/grpc-js";
import { RpcCode } from "../rpc-status.ts";
import type { SamplingStrategies, SamplingStrategy } from "./sampling-strategy.ts";

type GetSamplingStrategy = handleUnaryCall<Buffer, Buffer>;

const identity = (bytes: Buffer): Buffer => bytes;

const SAMPLING_MANAGER: ServiceDefinition<{ GetSamplingStrategy: GetSamplingStrategy }> = {
  GetSamplingStrategy: {
    path: "/jaeger.api_v2.SamplingManager/GetSamplingStrategy",
    requestStream: false,
    responseStream: false,
    requestDeserialize: identity,
    requestSerialize: identity,
    responseDeserialize: identity,
    responseSerialize: identity,
  },
};

/** Adds the service to a server that has others. */
export function addSamplingManager(server: Server, strategies: SamplingStrategies): void {
  const getSamplingStrategy: GetSamplingStrategy = (call, callback) => {
    let service: string;
    try {
      service = readServiceName(call.request);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return callback({ code: RpcCode.invalidArgument, details: error.message });
    }
    return callback(null, encodeSamplingStrategy(strategies.strategyOf(service)));
  };
  server.addService(SAMPLING_MANAGER, { GetSamplingStrategy: getSamplingStrategy });
}

/** The `serviceName` of SamplingStrategyParameters. */
function readServiceName(bytes: Uint8Array): string {
  const reader = new ProtobufReader();
  reader.reset(bytes);
  const end = bytes.length;
  let service = "";
  while (reader.at < end) {
    const tag = reader.varint32(end);
    if (tag === 0x0a) {
      const stop = reader.lengthEnd(end);
      service = reader.text(reader.at, stop);
      reader.at = stop;
    } else {
      reader.skip(tag, end);
    }
  }
  return service;
}

/** SamplingStrategyResponse. */
function encodeSamplingStrategy(strategy: SamplingStrategy): Buffer {
  const writer = new ProtobufWriter();
  if (strategy.strategyType === "PROBABILISTIC") {
    // PROBABILISTIC is 0, which is left out.
    const { samplingRate } = strategy.probabilisticSampling;
    writer.message(0x12, () => writeDouble(writer, 0x09, samplingRate));
  } else {
    const { maxTracesPerSecond } = strategy.rateLimitingSampling;
    writer.varint(0x08);
    writer.varint(1);
    writer.message(0x1a, () => {
      writer.varint(0x08);
      writer.varint(maxTracesPerSecond);
    });
  }
  const { operationSampling } = strategy;
  if (operationSampling !== undefined) {
    writer.message(0x22, () => {
      writeDouble(writer, 0x09, operationSampling.defaultSamplingProbability);
      writeDouble(writer, 0x11, operationSampling.defaultLowerBoundTracesPerSecond);
      for (const { operation, probabilisticSampling } of operationSampling.perOperationStrategies) {
        writer.message(0x1a, () => {
          writer.text(0x0a, operation);
          writer.message(0x12, () => writeDouble(writer, 0x09, probabilisticSampling.samplingRate));
        });
      }
    });
  }
  return Buffer.from(writer.finish());
}

function writeDouble(writer: ProtobufWriter, tag: number, value: number): void {
  writer.varint(tag);
  writer.double(value);
}
