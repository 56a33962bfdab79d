// Puts the rooms together: doors -> receivers -> wire -> store on the way in, store -> analysis -> query API on the way
// out.

import { type Server as GrpcServer, ServerCredentials } from "@grpc/grpc-js";
import { BufferPool } from "./buffer-pool.ts";
import { ByteBudget } from "./byte-budget.ts";
import { withCors } from "./cors.ts";
import { addressText, DOORS, type DoorName, doorError } from "./door.ts";
import { closeHttpServer, listen, newHttpServer, type RequestHandler } from "./http-door.ts";
import { createJaegerGrpcServer } from "./jaeger/jaeger-grpc-receiver.ts";
import { createJaegerHttpReceiver } from "./jaeger/jaeger-http-receiver.ts";
import { JaegerPacketReceiver, type PacketDoor } from "./jaeger/jaeger-packet-receiver.ts";
import { observePackets } from "./jaeger/packet-metrics.ts";
import { Metrics } from "./metrics.ts";
import { createOtlpGrpcServer } from "./otlp/otlp-grpc-receiver.ts";
import { JSON_WEIGHT, jsonBodyLimits, OtlpHttpReceiver } from "./otlp/otlp-http-receiver.ts";
import { createQueryServer } from "./query/query-server.ts";
import { createQueryGrpcServer } from "./query-grpc/query-grpc-server.ts";
import { addSamplingManager } from "./sampling/sampling-grpc.ts";
import { samplingAnswer } from "./sampling/sampling-http.ts";
import { SAMPLING_ALL } from "./sampling/sampling-strategy.ts";
import { WatchedStrategies } from "./sampling/watched-strategies.ts";
import type { RunningServer, ServerOptions } from "./server-options.ts";
import { SpanIntake } from "./span-intake.ts";
import { sendText } from "./text-answer.ts";
import { openUdpDoor } from "./udp-door.ts";
import { startVerdictPass } from "./verdicts/start-verdict-pass.ts";
import { observeVerdicts } from "./verdicts/verdict-metrics.ts";
import { createZipkinReceiver } from "./zipkin/zipkin-receiver.ts";

/** What OTLP exporters must be able to send at least; a collector's batches are far smaller. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** 8,192 spans of 1 KB are half of that. */
const MAX_JSON_BODY_BYTES = 16 * 1024 * 1024;
/** Three of the largest bodies, or a thousand ordinary ones. */
const MAX_BYTES_IN_FLIGHT = 192 * 1024 * 1024;

/**
 * @throws SamplingStrategiesError when their file is bad, StoreOpenError when the database cannot be opened, DoorError when
 * a port cannot
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const watched = await openStrategies(options.samplingStrategiesFile);
  const strategies = watched ?? SAMPLING_ALL;
  const strategyOf = (service: string) => strategies.strategyOf(service);
  const metrics = new Metrics();
  const store = await options.openStore({
    onCommit: (spans, sizeBytes, durationMs) => metrics.committed(spans, sizeBytes, durationMs),
  });
  const verdicts = await startVerdictPass(store, options.storesVerdicts ?? true);
  observeVerdicts(metrics.registry, verdicts.pass);
  const maxBodyBytes = options.maxBodyBytes ?? MAX_BODY_BYTES;
  const maxBytesInFlight = options.maxBytesInFlight ?? MAX_BYTES_IN_FLIGHT;
  // What could never fit into the budget is too large, and not "try again later".
  const maxJsonBodyBytes = Math.min(
    options.maxJsonBodyBytes ?? MAX_JSON_BODY_BYTES,
    Math.floor(maxBytesInFlight / JSON_WEIGHT),
  );
  const budget = new ByteBudget(maxBytesInFlight);
  metrics.observe({
    writerStatus: () => store.writer.status,
    bytesInFlight: () => budget.usedBytes,
    engineEvents: () => store.engineEvents(),
  });
  const intake = new SpanIntake(store.writer, metrics);
  const limits = { maxBodyBytes, maxJsonBodyBytes, budget, pool: new BufferPool() };
  const otlpHttp = new OtlpHttpReceiver(intake, metrics, limits);

  const packetReceivers: JaegerPacketReceiver[] = [];
  const packets = () => packetReceivers.map(({ status }) => status);
  observePackets(metrics.registry, packets);

  const host = options.host ?? "127.0.0.1";
  const addresses = new Map<DoorName, string>();
  const closings: (() => Promise<void>)[] = [];
  const openHttp = (name: DoorName, port: number, handle: RequestHandler): Promise<string> => {
    const server = newHttpServer(handle);
    closings.push(() => closeHttpServer(server));
    return listen(server, name, host, port);
  };
  const corsOrigins = options.corsOrigins ?? [];
  const openPackets = async (name: PacketDoor, port: number): Promise<string> => {
    const receiver = new JaegerPacketReceiver(name, intake);
    const door = await openUdpDoor(name, host, port, (packet, from) => receiver.take(packet, from));
    packetReceivers.push(receiver);
    closings.push(async () => {
      await door.close();
      await store.writer.flush();
      await receiver.settled();
    });
    return door.address;
  };
  const openers: Partial<Record<DoorName, (port: number) => Promise<string>>> = {
    query: async (port) => {
      const query = await createQueryServer({
        store,
        metrics,
        otlpHttp,
        jsonLimits: jsonBodyLimits(limits),
        uiDir: options.uiDir,
        verdicts: verdicts.pass,
        addresses,
        packets,
      });
      closings.push(() => query.close());
      return listen(query.server, "query", host, port);
    },
    "otlp-http": (port) => {
      const handle = withCors(corsOrigins, (...request) => otlpHttp.handle(...request));
      return openHttp("otlp-http", port, handle);
    },
    "otlp-grpc": (port) => {
      const server = createOtlpGrpcServer(intake, limits);
      closings.push(() => closeGrpcServer(server));
      return bindGrpc(server, "otlp-grpc", host, port);
    },
    "query-grpc": (port) => {
      const { reader, archive, dependencies } = store;
      const server = createQueryGrpcServer({ reader, archive, dependencies });
      closings.push(() => closeGrpcServer(server));
      return bindGrpc(server, "query-grpc", host, port);
    },
    zipkin: (port) => {
      const receiver = createZipkinReceiver(intake, metrics, limits);
      const handle = withCors(corsOrigins, (...request) => receiver.handle(...request));
      return openHttp("zipkin", port, handle);
    },
    sampling: (port) =>
      openHttp("sampling", port, (request, response) => {
        sendText(response, samplingAnswer(strategyOf, request));
      }),
    "jaeger-http": (port) => {
      const receiver = createJaegerHttpReceiver({
        intake,
        metrics,
        limits,
        sampling: strategyOf,
      });
      return openHttp("jaeger-http", port, (...request) => receiver.handle(...request));
    },
    "jaeger-grpc": (port) => {
      const server = createJaegerGrpcServer(intake, limits);
      addSamplingManager(server, strategies);
      closings.push(() => closeGrpcServer(server));
      return bindGrpc(server, "jaeger-grpc", host, port);
    },
    "jaeger-compact": (port) => openPackets("jaeger-compact", port),
    "jaeger-binary": (port) => openPackets("jaeger-binary", port),
  };
  const close = async (): Promise<void> => {
    const judged = verdicts.close();
    const closed = Promise.all(closings.map((closeDoor) => closeDoor()));
    // Requests that wait for their commit are answered sooner for it.
    await store.writer.flush();
    await Promise.all([closed, judged, watched?.close()]);
    await store.close();
  };
  try {
    for (const door of DOORS) {
      const port = options.ports?.[door.name] ?? door.port;
      const open = openers[door.name];
      if (port !== "off" && open !== undefined) addresses.set(door.name, await open(port));
    }
  } catch (error) {
    await close();
    throw error;
  }
  watched?.watch();
  return { addresses, close };
}

async function openStrategies(file: string | undefined): Promise<WatchedStrategies | undefined> {
  if (file === undefined) return undefined;
  return WatchedStrategies.open(file, ({ message }) => {
    console.error(`${message}; the strategies stay what they were`);
  });
}

function bindGrpc(server: GrpcServer, name: DoorName, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const credentials = ServerCredentials.createInsecure();
    server.bindAsync(addressText(host, port), credentials, (error, boundPort) => {
      if (error !== null) reject(doorError(name, host, port, error));
      else resolve(addressText(host, boundPort));
    });
  });
}

/** Calls that are open get this long to end. */
const GRPC_GRACE_MS = 10_000;

function closeGrpcServer(server: GrpcServer): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.forceShutdown(), GRPC_GRACE_MS);
    server.tryShutdown(() => {
      clearTimeout(cut);
      resolve();
    });
  });
}
