// Where imported spans go: a folder of ours, or a running server over OTLP.

import { gzipSync } from "node:zlib";
import { openEmbeddedStore } from "@culprit/store";
import { type Span, SpanReplay } from "@culprit/trace-model";
import { encodeOtlpProtobuf } from "@culprit/wire";
import { CommandFailed } from "./cli-error.ts";
import { reasonOf } from "./fetch-failure.ts";

export interface SpanTarget {
  take(spans: readonly Span[]): Promise<void>;
  /** Waits until all is on disk. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

/** Some megabytes of ordinary spans: large enough for good blocks, small enough for a server's limits. */
const CHUNK_SPANS = 4096;

/** Under the 64 MiB that a server takes at once. */
const MAX_REQUEST_BYTES = 48 * 1024 * 1024;

/** A server that has been overloaded for this long will not recover while we wait. */
const MAX_RETRY_MS = 120_000;

export async function openFolderTarget(dataDir: string): Promise<SpanTarget> {
  const store = await openEmbeddedStore(dataDir);
  let committed: Promise<unknown> = Promise.resolve();
  return {
    async take(spans) {
      for (const chunk of chunks(spans)) {
        const fill = () =>
          store.writer.append((sink) => {
            const replay = new SpanReplay(sink);
            for (const span of chunk) replay.span(span);
          });
        let outcome = fill();
        while (outcome.kind === "overloaded") {
          await committed;
          outcome = fill();
        }
        committed = Promise.all([committed, outcome.committed]);
        // Told by the next await, not as unhandled.
        committed.catch(() => undefined);
      }
    },
    async finish() {
      await store.writer.flush();
      await committed;
    },
    close: () => store.close(),
  };
}

export function openServerTarget(url: string): SpanTarget {
  const send = async (spans: readonly Span[]): Promise<void> => {
    const bytes = encodeOtlpProtobuf(spans);
    if (bytes.length > MAX_REQUEST_BYTES && spans.length > 1) {
      const half = spans.length >> 1;
      await send(spans.slice(0, half));
      return send(spans.slice(half));
    }
    await post(`${url}/v1/traces`, gzipSync(bytes, { level: 1 }));
  };
  return {
    async take(spans) {
      for (const chunk of chunks(spans)) await send(chunk);
    },
    async finish() {
      // Every answer came after its commit.
    },
    async close() {},
  };
}

async function post(url: string, body: Uint8Array<ArrayBuffer>): Promise<void> {
  const headers = {
    "content-type": "application/x-protobuf",
    "content-encoding": "gzip",
    accept: "application/json",
  };
  for (let waitedMs = 0; ; ) {
    let response: Response;
    try {
      response = await fetch(url, { method: "POST", headers, body });
    } catch (error) {
      throw new CommandFailed(`no Culprit answers at ${url}: ${reasonOf(error)}`);
    }
    const text = await response.text();
    if (response.ok) return;
    const retryMs = Number(response.headers.get("retry-after") ?? Number.NaN) * 1000;
    if (Number.isNaN(retryMs) || waitedMs + retryMs > MAX_RETRY_MS) {
      throw new CommandFailed(`${url} answers ${response.status}: ${text}`);
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
    waitedMs += retryMs;
  }
}

function* chunks(spans: readonly Span[]): Generator<readonly Span[]> {
  for (let at = 0; at < spans.length; at += CHUNK_SPANS) yield spans.slice(at, at + CHUNK_SPANS);
}
