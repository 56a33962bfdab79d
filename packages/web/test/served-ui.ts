// The built UI served by a whole server over a database of its own.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { traceList } from "@culprit/api";
import { onlyDoors, startServer } from "@culprit/server";
import { openEmbeddedStore } from "@culprit/store";
import { build } from "vite";

export interface ServedUi {
  /** Of the UI, without a slash at its end. */
  readonly url: string;
  /** A body of OTLP/JSON; returns when it is stored. */
  post(otlpJson: string): Promise<void>;
  /** Returns when so many traces have a bottleneck in their stored verdict. */
  judged(traceCount: number): Promise<void>;
  close(): Promise<void>;
}

/** Verdicts follow at once: no spans come later here. */
const QUIET_MS = 50;
const JUDGED_WITHIN_MS = 60_000;

export async function serveUi(): Promise<ServedUi> {
  const folder = await mkdtemp(path.join(tmpdir(), "culprit-web-"));
  const uiDir = path.join(folder, "ui");
  const configFile = path.join(import.meta.dirname, "..", "vite.config.ts");
  await build({ configFile, logLevel: "silent", build: { outDir: uiDir } });
  const server = await startServer({
    openStore: (hooks) =>
      openEmbeddedStore(path.join(folder, "data"), { ...hooks, quietMs: QUIET_MS }),
    ports: onlyDoors({ query: 0, "otlp-http": 0 }),
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
    async judged(traceCount) {
      const url = `http://${server.addresses.get("query")}/api/culprit/traces?finding=bottleneck`;
      const deadline = performance.now() + JUDGED_WITHIN_MS;
      for (let found = 0; found < traceCount; ) {
        assert.ok(performance.now() < deadline, `${found} of ${traceCount} verdicts stored`);
        found = traceList.parse(await (await fetch(url)).json()).traces.length;
        await setTimeout(50);
      }
    },
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
