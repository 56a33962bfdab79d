// Which web pages may send spans: a browser asks before it posts from another origin (a preflight), and shows the answer
// to the page only when the page's origin is named in it. https://fetch.spec.whatwg.org/#http-cors-protocol

import type { IncomingMessage, ServerResponse } from "node:http";
import type { RequestHandler } from "./http-door.ts";

/** A browser need not ask again for two hours: the longest that any of them keeps an answer. */
const MAX_AGE_SECONDS = 7200;

/** @param origins such as `https://shop.example`, or `*` for any; none leaves `handle` as it is */
export function withCors(origins: readonly string[], handle: RequestHandler): RequestHandler {
  if (origins.length === 0) return handle;
  return (request, response, expectsContinue) => {
    const allowed = allow(origins, request, response);
    if (allowed && isPreflight(request)) answerPreflight(request, response);
    else handle(request, response, expectsContinue);
  };
}

/** Names the origin of the page in the answer. @returns false for a page that may not, or no page */
function allow(
  origins: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const isForAll = origins.includes("*");
  // Whoever keeps the answer must not give it to another page.
  if (!isForAll) response.setHeader("Vary", "Origin");
  const { origin } = request.headers;
  if (origin === undefined || !(isForAll || origins.includes(origin))) return false;
  response.setHeader("Access-Control-Allow-Origin", isForAll ? "*" : origin);
  // navigator.sendBeacon, by which exporters send what is left when a page closes, always sends credentials.
  if (!isForAll) response.setHeader("Access-Control-Allow-Credentials", "true");
  response.setHeader("Access-Control-Expose-Headers", "Retry-After");
  return true;
}

function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === "OPTIONS" && headers["access-control-request-method"] !== undefined;
}

function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  const wanted = request.headers["access-control-request-headers"];
  response.writeHead(204, {
    "Access-Control-Allow-Methods": "POST",
    // Exporters are given headers by their users, so any are allowed.
    ...(wanted === undefined ? undefined : { "Access-Control-Allow-Headers": wanted }),
    "Access-Control-Max-Age": MAX_AGE_SECONDS,
  });
  response.end();
}
