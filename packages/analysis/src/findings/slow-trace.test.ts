import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findings, webRoot } from "../../test/found-findings.ts";

const NANOSECOND_IN_MS = 1e-6;

function slowKinds(milliseconds: number): readonly string[] {
  return findings([webRoot(milliseconds)])
    .map(({ kind }) => kind)
    .filter((kind) => kind.startsWith("slow-"));
}

describe("slow-trace and slow-service", () => {
  it("begin above their limits", () => {
    assert.deepEqual(slowKinds(1000), []);
    assert.deepEqual(slowKinds(1000 + NANOSECOND_IN_MS), ["slow-service"]);
    assert.deepEqual(slowKinds(2000), ["slow-service"]);
    assert.deepEqual(slowKinds(2000 + NANOSECOND_IN_MS), ["slow-trace", "slow-service"]);
  });

  it("say what must go", () => {
    const [trace] = findings([webRoot(3500)]).filter(({ kind }) => kind === "slow-trace");
    assert.match(trace?.recommendation ?? "", /web \/ GET \/cart under 2 s, 1\.50 s must go/);
    assert.equal(trace?.savingNanos, null);
  });
});
