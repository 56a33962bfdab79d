// A node:http server as a door: opening with an error that helps, closing that lets accepted requests finish.

import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { addressText, type DoorName, doorError } from "./door.ts";

/** A client that has not sent its whole request by then is cut off; it bounds what a slow sender can hold. */
export const REQUEST_TIMEOUT_MS = 60_000;

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
