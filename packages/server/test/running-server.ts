// A whole server on free ports over a real database in a folder of its own; gone when the test file ends.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openEmbeddedStore } from "@culprit/store";
import { DOORS, type DoorName } from "../src/door.ts";
import { type RunningServer, type ServerOptions, startServer } from "../src/index.ts";

export interface TestServer {
  readonly server: RunningServer;
  /** `http://host:port` of a door. */
  url(name: DoorName): string;
  close(): Promise<void>;
}

export async function startTestServer(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "culprit-server-"));
  const server = await startServer({
    openStore: (hooks) => openEmbeddedStore(dataDir, hooks),
    ports: Object.fromEntries(DOORS.map(({ name }) => [name, 0])),
    ...options,
  });
  return {
    server,
    url: (name) => `http://${server.addresses.get(name)}`,
    async close() {
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export async function postOtlp(
  url: string,
  body: Uint8Array<ArrayBuffer> | string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const type = typeof body === "string" ? "application/json" : "application/x-protobuf";
  return fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": type, ...headers },
    body,
  });
}
