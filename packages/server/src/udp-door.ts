// A UDP socket as a door: opening with an error that helps, closing that takes what has already come.

import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { addressText, type DoorName, doorError } from "./door.ts";

export interface UdpDoor {
  /** `host:port` as it was bound. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * What clients send while the process is busy waits in the kernel; what does not fit is lost. The kernel may give less
 * (Linux: net.core.rmem_max).
 */
const RECEIVE_BUFFER_BYTES = 8 * 1024 * 1024;

/** Clients that go on sending do not keep a door from closing. */
const MAX_DRAIN_MS = 1000;

export async function openUdpDoor(
  name: DoorName,
  host: string,
  port: number,
  take: (packet: Buffer, from: RemoteInfo) => void,
): Promise<UdpDoor> {
  let socket: Socket | undefined;
  try {
    const { address, family } = await lookup(host);
    socket = createSocket(family === 6 ? "udp6" : "udp4");
    await bind(socket, address, port);
  } catch (error) {
    socket?.close();
    throw doorError(name, host, port, error);
  }
  const opened = socket;
  let packets = 0;
  opened.on("message", (packet, from) => {
    packets++;
    take(packet, from);
  });
  opened.on("error", (error) => console.error(`${name}: the socket failed:`, error));
  return {
    address: addressText(host, opened.address().port),
    async close() {
      const start = performance.now();
      for (let before = -1; before !== packets && performance.now() - start < MAX_DRAIN_MS; ) {
        before = packets;
        // Two turns: in the first the socket may have been asked already.
        await turn();
        await turn();
      }
      await new Promise<void>((resolve) => opened.close(() => resolve()));
    },
  };
}

function bind(socket: Socket, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind({ address, port, exclusive: true }, () => {
      socket.off("error", reject);
      enlarge(socket);
      resolve();
    });
  });
}

function enlarge(socket: Socket): void {
  try {
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
  } catch {
    // Some systems refuse what is over their limit instead of giving less; the default serves as well.
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
