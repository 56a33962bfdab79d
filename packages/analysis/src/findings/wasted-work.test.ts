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
      "stock / POST /take went on for 101 ms (51 % of its time, 1 span begun) after web / POST had given up after 100 ms.",
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

  it("takes its threshold from the options", () => {
    const thresholds = { wastedWorkNanos: 9e6 };
    assert.equal(found("wasted-work", abandoned(120), { thresholds }).length, 1);
  });
});
