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

const KIND = "missing-instrumentation";

function call(id: string, start: number, details: Partial<MillisecondSketch> = {}) {
  const attributes = {
    "http.request.method": "GET",
    "server.address": "stock",
    "server.port": 80n,
  };
  const span = {
    id,
    parent: "1",
    start,
    end: start + 40,
    kind: CLIENT,
    service: "web",
    name: "GET",
  };
  return { ...span, attributes, ...details };
}

function answer(id: string, parent: string, start: number): MillisecondSketch {
  return { id, parent, start, end: start + 30, kind: SERVER, service: "stock", name: "GET /" };
}

const known = {
  topology: { callees: new Map([["stock:80", "stock"]]), firstSeen: new Map<string, bigint>() },
};

describe("missing-instrumentation of a callee", () => {
  it("is a call without an answer where the same target answered another", () => {
    const spans = [webRoot(100), call("2", 0), answer("3", "2", 5), call("4", 50)];
    const [finding, ...others] = found(KIND, spans);
    assert.deepEqual(others, []);
    assert.deepEqual(finding?.spanIds, ["4"]);
    assert.equal(
      finding?.evidence,
      "web / GET called stock for 40.0 ms and left no span there, although stock answers other calls with spans.",
    );
  });

  it("is known by other traces, too", () => {
    const spans = [webRoot(100), call("2", 0)];
    assert.equal(found(KIND, spans, known).length, 1);
    assert.deepEqual(found(KIND, spans), []);
  });

  it("is not a call that never arrived, nor one whose answer may have been lost", () => {
    const failed = call("2", 0, { status: ERROR });
    assert.deepEqual(found(KIND, [webRoot(100), failed], known), []);
    const orphan = { id: "9", parent: "8", start: 10, end: 20, service: "stock" };
    assert.deepEqual(found(KIND, [webRoot(100), call("2", 0), orphan], known), []);
    const around = call("2", 0);
    const inner = { ...call("3", 1), parent: "2", end: 39 };
    const spans = [webRoot(100), around, inner, answer("4", "3", 5)];
    assert.deepEqual(found(KIND, spans, known), []);
  });

  it("is not known behind a gateway at which several services answer", () => {
    const spans = [webRoot(150), call("2", 0), answer("3", "2", 5), call("4", 50)];
    const other = { ...answer("5", "4", 55), service: "price" };
    assert.deepEqual(found(KIND, [...spans, other, call("6", 100)]), []);
  });

  it("is a failed call that was answered", () => {
    const attributes = { "server.address": "stock", "server.port": 80n, "http.status_code": 500n };
    const failed = call("2", 0, { status: ERROR, attributes });
    assert.equal(found(KIND, [webRoot(100), failed], known).length, 1);
  });
});

describe("missing-instrumentation within a span", () => {
  it("is a gap of more than half the root between remote calls", () => {
    const spans = [webRoot(1000), call("2", 100), call("3", 700)];
    const [finding] = found(KIND, spans);
    assert.deepEqual(finding?.spanIds, ["1"]);
    assert.equal(
      finding?.evidence,
      "web / GET /cart records nothing for 560 ms (56 % of the trace), from 140 ms after its start.",
    );
    assert.match(finding?.recommendation ?? "", /what web \/ GET \/cart does from 140 ms on/);
  });

  it("is not two shorter gaps, a span without remote calls, or a short trace", () => {
    assert.deepEqual(found(KIND, [webRoot(1000), call("2", 480)]), []);
    assert.deepEqual(found(KIND, [webRoot(1000), call("2", 460)]), []);
    assert.equal(found(KIND, [webRoot(1000), call("2", 459.999999)]).length, 1);
    const local = { id: "2", parent: "1", start: 100, end: 140, service: "web", name: "work" };
    assert.deepEqual(found(KIND, [webRoot(1000), local]), []);
    assert.deepEqual(found(KIND, [webRoot(140), call("2", 0)]), []);
  });

  it("takes its thresholds from the options", () => {
    const thresholds = { uninstrumentedShare: 0.4 };
    assert.equal(found(KIND, [webRoot(1000), call("2", 480)], { thresholds }).length, 1);
  });
});
