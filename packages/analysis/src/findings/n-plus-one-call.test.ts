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

interface Call {
  readonly path?: string;
  readonly route?: string;
  readonly server?: string;
}

/** Calls of 60 ms from `web`, one after the other, with a server span where `server` is given. */
function calls(count: number, of: (i: number) => Call): MillisecondSketch[] {
  return Array.from({ length: count }, (_, i): MillisecondSketch[] => {
    const { path = "/", route, server } = of(i);
    const start = 1 + i * 61;
    const client = {
      id: `c${i}`,
      parent: "1",
      start,
      end: start + 60,
      kind: CLIENT,
      service: "web",
      name: "GET",
      attributes: {
        "http.request.method": "GET",
        "server.address": "stock",
        "server.port": 80n,
        "url.full": `http://stock${path}`,
      },
    };
    if (server === undefined) return [client];
    const attributes: Record<string, string> = route === undefined ? {} : { "http.route": route };
    const answer = { parent: `c${i}`, kind: SERVER, service: server, name: "answer", attributes };
    return [client, { ...answer, id: `d${i}`, start: start + 1, end: start + 59 }];
  }).flat();
}

describe("n-plus-one-call", () => {
  it("is one route of one callee five times in a row for 300 ms together", () => {
    const item = (i: number): Call => ({
      path: `/items/${i}`,
      route: "/items/:id",
      server: "stock",
    });
    const [finding, ...others] = found("n-plus-one-call", [webRoot(400), ...calls(5, item)]);
    assert.deepEqual(others, []);
    assert.equal(finding?.operation, "GET /cart");
    assert.equal(finding?.dragNanos, 300e6);
    assert.equal(finding?.savingNanos, 240e6);
    assert.equal(
      finding?.evidence,
      "web / GET /cart called stock / GET /items/:id 5 times, one after the other, 300 ms together.",
    );
    assert.match(finding?.recommendation ?? "", /web \/ GET \/cart call it once/);
  });

  it("knows a route by its path without ids where nobody names it", () => {
    const item = (i: number): Call => ({ path: `/items/${i}a-77/stock?at=${i}` });
    assert.equal(found("n-plus-one-call", [webRoot(400), ...calls(5, item)]).length, 1);
  });

  it("is neither fewer, nor shorter ones, nor other routes or callees", () => {
    const none = (spans: MillisecondSketch[], thresholds = {}): void =>
      assert.deepEqual(found("n-plus-one-call", [webRoot(500), ...spans], { thresholds }), []);
    none(calls(4, () => ({ path: "/items" })));
    none(
      calls(5, () => ({ path: "/items" })),
      { nPlusOneCallNanos: 300e6 + 1 },
    );
    none(calls(6, (i) => ({ path: i % 2 === 0 ? "/items" : "/prices" })));
    none(calls(6, (i) => ({ server: i % 2 === 0 ? "stock" : "price" })));
  });

  it("allows for starts cut to whole milliseconds, but not for more in all", () => {
    const overlapping = (overlap: number) =>
      found("n-plus-one-call", [
        webRoot(400),
        ...calls(5, () => ({})).map((span, i) => {
          const start = 1 + i * (60 - overlap);
          return { ...span, start, end: start + 60 };
        }),
      ]).length;
    assert.equal(overlapping(0.25), 1);
    assert.equal(overlapping(0.9), 0);
    const lastOverlaps = (overlap: number): MillisecondSketch[] =>
      calls(5, () => ({})).map((span, i) =>
        i === 4 ? { ...span, start: span.start - 1 - overlap, end: span.end - 1 } : span,
      );
    assert.equal(found("n-plus-one-call", [webRoot(400), ...lastOverlaps(1)]).length, 1);
    assert.equal(found("n-plus-one-call", [webRoot(400), ...lastOverlaps(1.000001)]).length, 0);
  });

  it("is not overlapping calls", () => {
    const atOnce = calls(5, () => ({})).map((span, i) => ({ ...span, start: i, end: i + 80 }));
    assert.deepEqual(found("n-plus-one-call", [webRoot(400), ...atOnce]), []);
  });

  it("is not one request that was tried again, and counts such a one once", () => {
    const failing = calls(6, () => ({ path: "/items" })).map((span) => ({
      ...span,
      status: ERROR,
    }));
    assert.deepEqual(found("n-plus-one-call", [webRoot(400), ...failing]), []);
    const items = (count: number): MillisecondSketch[] =>
      calls(2 * count, (i) => ({ path: `/items/${i >> 1}` })).map((span, i) =>
        i % 2 === 0 ? { ...span, status: ERROR } : span,
      );
    assert.deepEqual(found("n-plus-one-call", [webRoot(700), ...items(4)]), []);
    const [finding] = found("n-plus-one-call", [webRoot(700), ...items(5)]);
    assert.deepEqual(finding?.spanIds, ["c1", "c3", "c5", "c7", "c9"]);
    assert.match(finding?.evidence ?? "", / 5 times, one after the other, 300 ms together/);
  });

  it("looks through a framework's span around each call, and takes kindless calls", () => {
    const wrapped = calls(5, () => ({ server: "stock" })).flatMap((span): MillisecondSketch[] => {
      if (span.kind !== CLIENT) return [{ ...span, kind: 0 }];
      const around = { ...span, id: `f${span.id}`, kind: 0, name: "hook", attributes: {} };
      return [around, { ...span, kind: 0, parent: around.id }];
    });
    assert.equal(found("n-plus-one-call", [webRoot(400), ...wrapped]).length, 1);
  });
});
