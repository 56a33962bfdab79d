// Jaeger's v1 answer to who calls whom. Pairs inside one service are among them, as in its main branch.

import type { DependencyReader } from "@culprit/store";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { parseDependencyRequest } from "./dependencies-request.ts";
import { jaegerAnswer } from "./jaeger-v1.ts";
import { sendJson } from "./send-json.ts";

export function registerJaegerDependencies(
  app: FastifyInstance,
  reader: DependencyReader,
  parametersOf: (request: FastifyRequest) => URLSearchParams,
): void {
  app.get("/api/dependencies", async (request, reply) => {
    const parameters = parametersOf(request);
    const found = await reader.dependencies(parseDependencyRequest(parameters, Date.now()));
    const links = found.map(({ parent, child, callCount }) => ({ parent, child, callCount }));
    return sendJson(reply, jaegerAnswer(links), parameters);
  });
}
