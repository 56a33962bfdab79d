// Puts the rooms together: doors -> receivers -> wire -> store on the way in, store -> analysis -> query API on the way
// out.

import { type Server as GrpcServer, ServerCredentials } from "@grpc/grpc-js";
import { BufferPool } from "./buffer-pool.ts";
import { ByteBudget } from "./byte-budget.ts";
import { addressText, DOORS, type DoorName, doorError } from "./door.ts";
import { closeHttpServer, listen, newHttpServer } from "./http-door.ts";
import { createJaegerGrpcServer } from "./jaeger/jaeger-grpc-receiver.ts";
import { createJaegerHttpReceiver } from "./jaeger/jaeger-http-receiver.ts";
import { JaegerPacketReceiver, type PacketDoor } from "./jaeger/jaeger-packet-receiver.ts";
import { observePackets } from "./jaeger/packet-metrics.ts";
import { Metrics } from "./metrics.ts";
import { createOtlpGrpcServer } from "./otlp/otlp-grpc-receiver.ts";
import { JSON_WEIGHT, OtlpHttpReceiver } from "./otlp/otlp-http-receiver.ts";
import { createQueryServer } from "./query/query-server.ts";
import type { RunningServer, ServerOptions } from "./server-options.ts";
import { SpanIntake } from "./span-intake.ts";
import { openUdpDoor } from "./udp-door.ts";
import { startVerdictPass } from "./verdicts/start-verdict-pass.ts";
import { observeVerdicts } from "./verdicts/verdict-metrics.ts";

/** What OTLP exporters must be able to send at least; a collector's batches are far smaller. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** 8,192 spans of 1 KB are half of that. */
const MAX_JSON_BODY_BYTES = 16 * 1024 * 1024;
/** Three of the largest bodies, or a thousand ordinary ones. */
const MAX_BYTES_IN_FLIGHT = 192 * 1024 * 1024;

/** @throws StoreOpenError when the database cannot be opened, DoorError when a port cannot */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
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
        uiDir: options.uiDir,
        verdicts: verdicts.pass,
        packets,
      });
      closings.push(() => query.close());
      return listen(query.server, "query", host, port);
    },
    "otlp-http": (port) => {
      const server = newHttpServer((request, response, expectsContinue) =>
        otlpHttp.handle(request, response, expectsContinue),
      );
      closings.push(() => closeHttpServer(server));
      return listen(server, "otlp-http", host, port);
    },
    "otlp-grpc": (port) => {
      const server = createOtlpGrpcServer(intake, limits);
      closings.push(() => closeGrpcServer(server));
      return bindGrpc(server, "otlp-grpc", host, port);
    },
    "jaeger-http": (port) => {
      const receiver = createJaegerHttpReceiver({ intake, metrics, limits });
      const server = newHttpServer((request, response, expectsContinue) =>
        receiver.handle(request, response, expectsContinue),
      );
      closings.push(() => closeHttpServer(server));
      return listen(server, "jaeger-http", host, port);
    },
    "jaeger-grpc": (port) => {
      const server = createJaegerGrpcServer(intake, limits);
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
    await Promise.all([closed, judged]);
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
  return { addresses, close };
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
