import { createSocket } from "node:dgram";

/** To 127.0.0.1, from one socket, in order; the kernel has them all when this returns. */
export async function sendPackets(port: number, packets: readonly Uint8Array[]): Promise<void> {
  const socket = createSocket("udp4");
  for (const packet of packets) {
    await new Promise<void>((resolve, reject) => {
      socket.send(packet, port, "127.0.0.1", (error) =>
        error === null ? resolve() : reject(error),
      );
    });
  }
  socket.close();
}
