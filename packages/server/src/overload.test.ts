// A store that is slower than its clients: they are told to come back, memory stays bounded, and in the end everything
// is there.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { openEmbeddedStore, type Store } from "@culprit/store";
import { encodeOtlpProtobuf } from "@culprit/wire";
import { postOtlp, startTestServer } from "../test/running-server.ts";
import { sampleSpan, spanIdOf, traceIdOf } from "../test/sample-spans.ts";

const REQUESTS = 25;
const SPANS = 500;

test("clients that are refused come back, and every span is there in the end", async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), "culprit-overload-"));
  const server = await startTestServer({
    openStore: (hooks) => openEmbeddedStore(dataDir, { ...hooks, maxPendingBytes: 100_000 }),
  });
  try {
    let refusals = 0;
    const send = async (request: number): Promise<void> => {
      const traceId = traceIdOf(request);
      const spans = Array.from({ length: SPANS }, (_, n) =>
        sampleSpan({ traceId, spanId: spanIdOf(n) }),
      );
      const body = Buffer.from(encodeOtlpProtobuf(spans));
      for (;;) {
        const response = await postOtlp(server.url("otlp-http"), body);
        if (response.status === 200) return;
        assert.equal(response.status, 503);
        assert.ok(Number(response.headers.get("retry-after")) >= 1);
        refusals++;
        // Sooner than asked: the test should not take as long as a real client.
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    await Promise.all(Array.from({ length: REQUESTS }, (_, n) => send(n)));
    assert.ok(refusals > 0);

    const found = await fetch(`${server.url("query")}/api/culprit/traces?limit=1000`);
    const { traces } = (await found.json()) as { traces: { spanCount: number }[] };
    assert.deepEqual(
      traces.map(({ spanCount }) => spanCount),
      Array(REQUESTS).fill(SPANS),
    );
    const metrics = await (await fetch(`${server.url("query")}/metrics`)).text();
    assert.match(metrics, new RegExp(`reason="overloaded"\\} ${refusals}\n`));
    assert.match(metrics, /^culprit_request_bytes_in_flight 0$/m);
  } finally {
    await server.close();
    await rm(dataDir, { recursive: true });
  }
});

test("a close commits and answers what has been accepted", async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), "culprit-close-"));
  let store: Store | undefined;
  const server = await startTestServer({
    // Nothing is committed before the close, but by it.
    openStore: async (hooks) => {
      store = await openEmbeddedStore(dataDir, {
        ...hooks,
        maxDelayMs: 600_000,
        maxIdleMs: 600_000,
      });
      return store;
    },
  });
  const answers = Array.from({ length: 20 }, (_, n) =>
    postOtlp(
      server.url("otlp-http"),
      Buffer.from(encodeOtlpProtobuf([sampleSpan({ traceId: traceIdOf(n) })])),
    ),
  );
  while (store?.writer.status.pendingSpans !== 20) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await server.close();
  for (const answer of await Promise.all(answers)) assert.equal(answer.status, 200);

  const reopened = await openEmbeddedStore(dataDir);
  assert.equal((await reopened.reader.findTraces({ limit: 100 })).length, 20);
  await reopened.close();
  await rm(dataDir, { recursive: true });
});
