// Sampling strategies over HTTP, as Jaeger's agent and collector answer them: ?service=NAME.

import type { IncomingMessage } from "node:http";
import { notAllowed, type TextAnswer } from "../text-answer.ts";

/** @param strategyOf a service's strategy, as a document */
export function samplingAnswer(
  strategyOf: (service: string) => object,
  { method, url = "" }: IncomingMessage,
): TextAnswer {
  if (method !== "GET") return notAllowed(method, "GET");
  const query = url.slice(url.includes("?") ? url.indexOf("?") + 1 : url.length);
  const [service, ...others] = new URLSearchParams(query).getAll("service");
  if (service === undefined || others.length > 0) {
    return { httpStatus: 400, text: "'service' parameter must be provided once" };
  }
  const text = JSON.stringify(strategyOf(service));
  return { httpStatus: 200, text, contentType: "application/json" };
}
