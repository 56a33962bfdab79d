import assert from "node:assert/strict";
import { test } from "node:test";
import { SpanReplay } from "@culprit/trace-model";
import { plainSpan } from "../test/plain-span.ts";
import { temporaryFolder } from "../test/temporary-folder.ts";
import { openEmbeddedStore } from "./open-store.ts";

test("a block leaves when nothing more comes, long before it must", async (t) => {
  const store = await openEmbeddedStore(await temporaryFolder(), { maxDelayMs: 600_000 });
  t.after(() => store.close());
  const outcome = store.writer.append((sink) => new SpanReplay(sink).span(plainSpan()));
  assert.equal(outcome.kind, "accepted");
  await outcome.committed;
  assert.equal(store.writer.status.committedBlocks, 1);
});

test("a block leaves after its time though more comes", async (t) => {
  const store = await openEmbeddedStore(await temporaryFolder(), {
    maxDelayMs: 50,
    maxIdleMs: 600_000,
  });
  t.after(() => store.close());
  const outcome = store.writer.append((sink) => new SpanReplay(sink).span(plainSpan()));
  assert.equal(outcome.kind, "accepted");
  await outcome.committed;
  assert.equal(store.writer.status.committedSpans, 1);
});
