import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CLIENT, found, type MillisecondSketch, webRoot } from "../../test/found-findings.ts";

function call(i: number, start: number, end: number, target = "stock"): MillisecondSketch {
  const attributes = { "http.request.method": "GET", "peer.service": target };
  return {
    id: `c${i}`,
    parent: "1",
    start,
    end,
    kind: CLIENT,
    service: "web",
    name: "GET",
    attributes,
  };
}

const ten = Array.from({ length: 10 }, (_, i) => i);

describe("fan-out", () => {
  it("is ten calls of one callee at once", () => {
    const spans = ten.map((i) => call(i, 10 + i, 60 + i));
    const [finding] = found("fan-out", [webRoot(100), ...spans]);
    assert.equal(
      finding?.evidence,
      "web / GET /cart called stock 10 times, up to 10 at once, 500 ms of calls within 59.0 ms.",
    );
    assert.equal(finding?.dragNanos, 50e6);
    assert.equal(finding?.savingNanos, null);
    assert.match(finding?.recommendation ?? "", /web \/ GET \/cart ask stock/);
  });

  it("is neither nine at once, nor ten of two callees, nor ten one after the other", () => {
    const none = (spans: MillisecondSketch[]): void =>
      assert.deepEqual(found("fan-out", [webRoot(1000), ...spans]), []);
    none(ten.slice(1).map((i) => call(i, 10, 60)));
    none(ten.map((i) => call(i, 10, 60, i < 5 ? "stock" : "price")));
    none(ten.map((i) => call(i, 10 + 50 * i, 60 + 50 * i)));
  });

  it("is not short calls that seem to overlap because starts are cut to milliseconds", () => {
    const spans = ten.map((i) => call(i, Math.floor(5 + i * 0.4), Math.floor(5 + i * 0.4) + 0.4));
    assert.deepEqual(found("fan-out", [webRoot(100), ...spans]), []);
  });

  it("says of thousands of calls how long all of them took", () => {
    const spans = Array.from({ length: 2000 }, (_, i) =>
      call(i, Math.floor(i / 10) * 10, Math.floor(i / 10) * 10 + 10),
    );
    assert.match(
      found("fan-out", [webRoot(2000), ...spans])[0]?.evidence ?? "",
      /2000 times, .* 20\.00 s of calls within 2\.00 s/,
    );
  });

  it("takes its threshold from the options", () => {
    const spans = ten.slice(7).map((i) => call(i, 10, 60));
    assert.equal(
      found("fan-out", [webRoot(100), ...spans], { thresholds: { fanOutCount: 3 } }).length,
      1,
    );
  });
});
