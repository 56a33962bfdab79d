// Sampling strategies over HTTP, as Jaeger's agent and collector answer them: any path with ?service=NAME.

import type { IncomingMessage, ServerResponse } from "node:http";
import { type PlainAnswer, sendPlain } from "../plain-http-receiver.ts";
import type { SamplingStrategies } from "./sampling-strategy.ts";

export function answerSampling(
  strategies: SamplingStrategies,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const service = serviceOf(request);
  if (typeof service !== "string") {
    sendPlain(response, service);
    return;
  }
  const body = JSON.stringify(strategies.strategyOf(service));
  response.writeHead(200, {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(body);
}

function serviceOf({ method, url = "" }: IncomingMessage): string | PlainAnswer {
  if (method !== "GET") {
    const text = `${method} is not supported; use GET`;
    return { httpStatus: 405, text, headers: { Allow: "GET" } };
  }
  const query = url.slice(url.includes("?") ? url.indexOf("?") + 1 : url.length);
  const [service, ...others] = new URLSearchParams(query).getAll("service");
  if (service !== undefined && others.length === 0) return service;
  return { httpStatus: 400, text: "'service' parameter must be provided once" };
}
