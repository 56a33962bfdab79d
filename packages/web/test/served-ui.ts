// The built UI served by a whole server over a database of its own.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startServer } from "@culprit/server";
import { openEmbeddedStore } from "@culprit/store";
import { build } from "vite";

export interface ServedUi {
  /** Of the UI, without a slash at its end. */
  readonly url: string;
  /** A body of OTLP/JSON; returns when it is stored. */
  post(otlpJson: string): Promise<void>;
  close(): Promise<void>;
}

export async function serveUi(): Promise<ServedUi> {
  const folder = await mkdtemp(path.join(tmpdir(), "culprit-web-"));
  const uiDir = path.join(folder, "ui");
  const configFile = path.join(import.meta.dirname, "..", "vite.config.ts");
  await build({ configFile, logLevel: "silent", build: { outDir: uiDir } });
  const server = await startServer({
    openStore: (hooks) => openEmbeddedStore(path.join(folder, "data"), hooks),
    ports: { query: 0, "otlp-http": 0, "otlp-grpc": "off" },
    uiDir,
  });
  const receiver = `http://${server.addresses.get("otlp-http")}/v1/traces`;
  return {
    url: `http://${server.addresses.get("query")}`,
    async post(otlpJson) {
      const headers = { "content-type": "application/json" };
      const response = await fetch(receiver, { method: "POST", headers, body: otlpJson });
      assert.equal(response.status, 200, await response.text());
    },
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
