import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { spanId } from "../../../trace-model/test/sketched-span.ts";
import { found, webRoot } from "../../test/found-findings.ts";

const spans = [
  webRoot(100),
  { id: "2", parent: "1", start: 20, end: 60, service: "stock", name: "check" },
  { id: "3", parent: "2", start: 30, end: 40, service: "stock", name: "read" },
];

describe("late-spans", () => {
  it("says how many came late and what part of the figures is theirs", () => {
    const lateSpanIds = new Set([spanId("2"), spanId("3"), spanId("99")]);
    const [finding] = found("late-spans", spans, { lateSpanIds });
    assert.deepEqual(finding?.spanIds, ["2", "3"]);
    assert.equal(
      finding?.evidence,
      "2 of 3 spans arrived after the trace had been judged; 40.0 ms (40 %) of the critical path are theirs, 50.0 ms of spans in all, and an earlier verdict left them out.",
    );
    assert.match(finding?.recommendation ?? "", /stock export sooner, first stock \/ check/);
  });

  it("is silent where none came late", () => {
    assert.deepEqual(found("late-spans", spans), []);
    assert.deepEqual(found("late-spans", spans, { lateSpanIds: new Set([spanId("99")]) }), []);
  });
});
