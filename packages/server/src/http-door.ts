// A node:http server as a door: opening with an error that helps, closing that lets accepted requests finish.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { addressText, type DoorName, doorError } from "./door.ts";

/** A client that has not sent its whole request by then is cut off; it bounds what a slow sender can hold. */
const REQUEST_TIMEOUT_MS = 60_000;

/**
 * An idle connection is kept this long. Node's own 5 s are the interval in which OpenTelemetry's batches leave: every
 * other one would meet a connection that is just being closed.
 */
const KEEP_ALIVE_MS = 75_000;

export type RequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  /** The client waits for a word before it sends the body ("Expect: 100-continue"). */
  expectsContinue: boolean,
) => void;

export function newHttpServer(handle: RequestHandler): Server {
  const server = createServer({
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
  server.on("request", (request, response) => handle(request, response, false));
  server.on("checkContinue", (request, response) => handle(request, response, true));
  return server;
}

/** Requests still unanswered this long after the close began are cut off. */
const CLOSE_GRACE_MS = 10_000;

/** @returns `host:port` as it was bound */
export function listen(
  server: Server,
  name: DoorName,
  host: string,
  port: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(doorError(name, host, port, error)));
    server.listen({ host, port, backlog: 1024 }, () => {
      resolve(addressText(host, (server.address() as AddressInfo).port));
    });
  });
}

export async function closeHttpServer(server: Server): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => {
      clearInterval(idle);
      clearTimeout(cut);
      resolve();
    });
    // A connection that becomes idle after close() stays open until its client leaves.
    const idle = setInterval(() => server.closeIdleConnections(), 20);
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  });
}
