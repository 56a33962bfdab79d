// The gRPC query door: both generations of Jaeger's query service on one port.

import { Server } from "@grpc/grpc-js";
import { addJaegerV2Service } from "./jaeger-v2-service.ts";
import { addJaegerV3Service } from "./jaeger-v3-service.ts";
import type { QueryGrpcParts } from "./query-calls.ts";

/** Not bound yet. */
export function createQueryGrpcServer(parts: QueryGrpcParts): Server {
  const server = new Server();
  addJaegerV3Service(server, parts);
  addJaegerV2Service(server, parts);
  return server;
}
