import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { type Status, status } from "@culprit/api";
import { openEmbeddedStore } from "@culprit/store";
import { encodeOtlpProtobuf } from "@culprit/wire";
import { postOtlp, startTestServer } from "../../test/running-server.ts";
import { sampleSpan } from "../../test/sample-spans.ts";
import { judgeInPlace } from "./judging.ts";
import { VerdictPass } from "./verdict-pass.ts";

async function statusAt(url: string): Promise<Status> {
  return status.parse(await (await fetch(`${url}/api/culprit/status`)).json());
}

test("a running server stores the verdict of a trace that has gone quiet, and says where it stands", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "culprit-verdicts-"));
  const server = await startTestServer({
    openStore: (hooks) => openEmbeddedStore(folder, { ...hooks, quietMs: 1 }),
  });
  const url = server.url("query");
  let closed = false;
  t.after(async () => {
    if (!closed) await server.close();
    await rm(folder, { recursive: true, force: true });
  });
  assert.equal((await statusAt(url)).verdicts.judgedTraces, 0);
  const span = sampleSpan();
  assert.equal((await postOtlp(url, new Uint8Array(encodeOtlpProtobuf([span])))).status, 200);
  for (let i = 0; i < 600 && (await statusAt(url)).verdicts.judgedTraces === 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { verdicts } = await statusAt(url);
  assert.deepEqual([verdicts.judgedTraces, verdicts.judgedSpans, verdicts.failedTurns], [1, 1, 0]);
  assert.notEqual(verdicts.judgedUntilUnixNano, "0");
  const metrics = await (await fetch(`${url}/metrics`)).text();
  assert.match(metrics, /^culprit_judged_traces_total 1$/m);
  assert.match(metrics, /^culprit_verdict_lag_seconds \d/m);
  await server.close();
  closed = true;
  const store = await openEmbeddedStore(folder);
  const found = await store.reader.findTraces({ verdict: { bottleneckService: "shop" }, limit: 5 });
  await store.close();
  assert.deepEqual(
    found.map(({ traceId }) => traceId),
    [span.traceId],
  );
});

test("a server without verdicts leaves traces to whoever judges the folder later", async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), "culprit-verdicts-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const server = await startTestServer({
    openStore: (hooks) => openEmbeddedStore(folder, hooks),
    storesVerdicts: false,
  });
  await postOtlp(server.url("query"), new Uint8Array(encodeOtlpProtobuf([sampleSpan()])));
  await server.close();
  const store = await openEmbeddedStore(folder);
  const errors: string[] = [];
  const stored = () => store.reader.findTraces({ verdict: {}, limit: 5 });
  assert.equal((await stored()).length, 0);
  const pass = new VerdictPass(store.ledger, {
    startJudging: judgeInPlace,
    onError: (message) => errors.push(message),
  });
  await pass.open();
  await pass.runUntil(store.ledger.settledUntil());
  assert.equal((await stored()).length, 1);
  await store.close();
  assert.deepEqual(errors, []);
});
