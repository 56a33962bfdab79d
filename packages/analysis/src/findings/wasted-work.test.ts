import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  CLIENT,
  CONSUMER,
  ERROR,
  found,
  type MillisecondSketch,
  PRODUCER,
  SERVER,
  webRoot,
} from "../../test/found-findings.ts";

function abandoned(end: number, status = ERROR, kinds = [CLIENT, SERVER]): MillisecondSketch[] {
  return [
    { ...webRoot(120), status },
    {
      id: "2",
      parent: "1",
      start: 10,
      end: 110,
      kind: kinds[0] ?? 0,
      service: "web",
      name: "POST",
      status,
    },
    {
      id: "3",
      parent: "2",
      start: 11,
      end,
      kind: kinds[1] ?? 0,
      service: "stock",
      name: "POST /take",
    },
    { id: "4", parent: "3", start: 115, end: 116, service: "stock", name: "write" },
  ];
}

describe("wasted-work", () => {
  it("is a callee that goes on for more than 10 ms after its caller gave up", () => {
    const [finding] = found("wasted-work", abandoned(211));
    assert.equal(finding?.service, "stock");
    assert.equal(
      finding?.evidence,
      "stock / POST /take went on for 101 ms (51 % of its work, 1 span begun) after web / POST had given up after 100 ms.",
    );
    assert.deepEqual(finding?.spanIds, ["3", "2"]);
    assert.equal(finding?.savingNanos, null);
    assert.match(finding?.recommendation ?? "", /stock \/ POST \/take stop/);
  });

  it("is neither 10 ms, nor after a caller that succeeded, nor a consumer's", () => {
    assert.deepEqual(found("wasted-work", abandoned(120)), []);
    assert.deepEqual(found("wasted-work", abandoned(211, 0)), []);
    assert.deepEqual(found("wasted-work", abandoned(211, ERROR, [PRODUCER, CONSUMER])), []);
  });

  it("is what a server had begun whose own span ends with the connection", () => {
    const spans = abandoned(110.5).map((span) => (span.id === "4" ? { ...span, end: 160 } : span));
    assert.match(found("wasted-work", spans)[0]?.evidence ?? "", /went on for 50\.0 ms/);
    const attributes = { "http.response.status_code": 500n };
    const answered = spans.map((span) => (span.id === "2" ? { ...span, attributes } : span));
    assert.deepEqual(found("wasted-work", answered), []);
    const late = abandoned(211).map((span) => (span.id === "2" ? { ...span, attributes } : span));
    assert.deepEqual(found("wasted-work", late), []);
    const queued = spans.map((span) => {
      if (span.id === "4") return { ...span, kind: CONSUMER, parent: "5" };
      return span;
    });
    const send = { id: "5", parent: "3", start: 50, end: 60, kind: PRODUCER, service: "stock" };
    assert.deepEqual(found("wasted-work", [...queued, send]), []);
  });

  it("takes its threshold from the options", () => {
    const thresholds = { wastedWorkNanos: 9e6 };
    assert.equal(found("wasted-work", abandoned(120), { thresholds }).length, 1);
  });
});
