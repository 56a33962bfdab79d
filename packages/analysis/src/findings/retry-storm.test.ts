import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  CLIENT,
  ERROR,
  found,
  type MillisecondSketch,
  SERVER,
  webRoot,
} from "../../test/found-findings.ts";

function call(id: string, parent: string, start: number, end: number, service: string) {
  const attributes = { "http.request.method": "POST", "url.full": `http://behind-${service}/` };
  return { id, parent, start, end, kind: CLIENT, service, name: "POST", status: ERROR, attributes };
}

/** `outer` attempts of web at stock, in each of which stock tries `inner` times at orders. */
function nested(outer: number, inner: number): MillisecondSketch[] {
  const spans: MillisecondSketch[] = [{ ...webRoot(1000), status: ERROR }];
  for (let i = 0; i < outer; i++) {
    const start = 10 + i * 100;
    spans.push(call(`a${i}`, "1", start, start + 90, "web"), {
      id: `b${i}`,
      parent: `a${i}`,
      start: start + 1,
      end: start + 89,
      kind: SERVER,
      service: "stock",
      name: "POST /take",
      status: ERROR,
    });
    for (let j = 0; j < inner; j++) {
      spans.push(call(`c${i}${j}`, `b${i}`, start + 2 + j * 20, start + 20 + j * 20, "stock"));
    }
  }
  return spans;
}

describe("retry-storm", () => {
  it("is attempts that multiply over two levels to more than three", () => {
    const [finding, ...others] = found("retry-storm", nested(2, 3));
    assert.deepEqual(others, []);
    assert.equal(finding?.operation, "GET /cart");
    assert.equal(
      finding?.evidence,
      "attempts multiplied over 2 levels, 2 x 3 = 6: web / GET /cart, then stock / POST /take each tried again, down to stock / POST.",
    );
    assert.equal(finding?.dragNanos, 180e6);
    assert.match(finding?.recommendation ?? "", /circuit breaker in front of stock \/ POST/);
  });

  it("is neither one level, nor three in all", () => {
    assert.deepEqual(found("retry-storm", nested(5, 1)), []);
    assert.deepEqual(found("retry-storm", nested(1, 4)), []);
    assert.deepEqual(
      found("retry-storm", nested(2, 2), { thresholds: { retryStormAttempts: 4 } }),
      [],
    );
    assert.equal(found("retry-storm", nested(2, 2)).length, 1);
  });
});
