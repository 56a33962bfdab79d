import assert from "node:assert/strict";
import { test } from "node:test";
import { temporaryFolder } from "../test/temporary-folder.ts";
import { openEmbeddedEngine } from "./embedded-engine.ts";
import { migrate } from "./schema.ts";
import { readTopology, writeTopology } from "./topology-register.ts";

test("what traces told of the system is there again, the earliest of what was said twice", async (t) => {
  const engine = await openEmbeddedEngine(await temporaryFolder());
  t.after(() => engine.close());
  await migrate(engine);
  const callees = [{ target: "127.0.0.1:8080", service: "bank" }];
  await writeTopology(engine, "2026-11-22", {
    callees,
    instances: [{ instance: "shop 1", firstSeen: 2n ** 63n + 1n }],
  });
  await writeTopology(engine, "2026-11-23", {
    callees,
    instances: [{ instance: "shop 1", firstSeen: 7n }],
  });
  assert.deepEqual(await readTopology(engine), {
    callees,
    instances: [{ instance: "shop 1", firstSeen: 7n }],
  });
});
