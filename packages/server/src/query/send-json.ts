import type { FastifyReply } from "fastify";
import { booleanParameter } from "./trace-query-parameters.ts";

/** Indented where `prettyPrint=true` asks for it, as Jaeger's v1 answers are. */
export function sendJson(
  reply: FastifyReply,
  document: unknown,
  parameters: URLSearchParams,
): FastifyReply {
  const isPretty = booleanParameter(parameters, "prettyPrint");
  reply.type("application/json");
  return reply.send(isPretty ? JSON.stringify(document, null, 4) : JSON.stringify(document));
}
