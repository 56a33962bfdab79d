import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CLIENT, found, type MillisecondSketch, webRoot } from "../../test/found-findings.ts";

function read(
  id: string,
  start: number,
  end: number,
  target: string,
  attributes: Readonly<Record<string, string>> = { "http.request.method": "GET" },
): MillisecondSketch {
  const named = { "peer.service": target, ...attributes };
  return {
    id,
    parent: "1",
    start,
    end,
    kind: CLIENT,
    service: "web",
    name: "read",
    attributes: named,
  };
}

const KIND = "sequential-calls";

describe("sequential-calls", () => {
  it("is reads from different targets, one after the other, that would save 100 ms and a tenth", () => {
    const spans = [
      webRoot(600),
      read("2", 10, 160, "cart"),
      read("3", 170, 270, "redis", { "db.system.name": "redis", "db.query.text": "GET user:7" }),
      read("4", 280, 480, "orders", { "db.system": "postgresql", "db.statement": "SELECT 1" }),
    ];
    const [finding, ...others] = found(KIND, spans);
    assert.deepEqual(others, []);
    assert.deepEqual(finding?.spanIds, ["2", "3", "4"]);
    assert.equal(finding?.savingNanos, 250e6);
    assert.equal(finding?.dragNanos, 450e6);
    assert.equal(
      finding?.evidence,
      "web / GET /cart read from cart 150 ms, redis 100 ms and orders 200 ms one after the other, 450 ms together; at once they would take 250 ms (42 % of the trace) less.",
    );
  });

  it("is not writes, one target, little to save, or what runs at once", () => {
    const none = (...spans: MillisecondSketch[]): void =>
      assert.deepEqual(found(KIND, [webRoot(600), ...spans]), []);
    const post = { "http.request.method": "POST" };
    const insert = { "db.system": "postgresql", "db.statement": "INSERT INTO t VALUES (1)" };
    const lock = { "db.system": "postgresql", "db.statement": "SELECT 1 FROM t FOR UPDATE" };
    none(read("2", 10, 160, "cart"), read("3", 170, 320, "stock", post));
    none(read("2", 10, 160, "cart"), read("3", 170, 320, "stock", insert));
    none(read("2", 10, 160, "cart"), read("3", 170, 320, "stock", lock));
    none(read("2", 10, 160, "cart"), read("3", 170, 320, "cart"));
    none(read("2", 10, 160, "cart"), read("3", 170, 269, "stock"));
    none(read("2", 10, 160, "cart"), read("3", 150, 320, "stock"));
    none(read("2", 10, 160, "cart"), read("4", 165, 166, "x", post), read("3", 170, 320, "stock"));
  });

  it("is not what is off the critical path, nor a saving below a tenth of the root", () => {
    const reads = [read("2", 10, 160, "cart"), read("3", 170, 320, "stock")];
    const longer = { id: "9", parent: "1", start: 5, end: 590, service: "web", name: "work" };
    assert.deepEqual(found(KIND, [webRoot(600), longer, ...reads]), []);
    assert.deepEqual(found(KIND, [webRoot(1600), ...reads]), []);
    assert.equal(found(KIND, [webRoot(1500), ...reads]).length, 1);
  });

  it("tells a read by its first word after comments", () => {
    const count = (statement: string): number => {
      const query = { "db.system": "postgresql", "db.statement": statement };
      const spans = [read("2", 10, 160, "cart"), read("3", 170, 320, "stock", query)];
      return found(KIND, [webRoot(600), ...spans]).length;
    };
    assert.equal(count("-- name: GetUser :one\nSELECT 1"), 1);
    assert.equal(count("/* route=/a **/ -- delete\n (select 1)"), 1);
    assert.equal(count("-- select\nDELETE FROM t"), 0);
    assert.equal(count("/* select */ UPDATE t"), 0);
    for (const start of ["--\n", "/**/", "-", "/*", " "]) {
      assert.equal(count(start.repeat(5_000_000)), 0);
    }
  });

  it("allows for starts cut to whole milliseconds", () => {
    const reads = [read("2", 10, 160.8, "cart"), read("3", 160, 320, "stock")];
    assert.equal(found(KIND, [webRoot(600), ...reads]).length, 1);
  });

  it("looks through a span around each read", () => {
    const reads = [read("2", 10, 160, "cart"), read("3", 170, 320, "stock")].flatMap((span) => [
      { ...span, id: `f${span.id}`, kind: 1, name: "load", attributes: {} },
      { ...span, parent: `f${span.id}` },
    ]);
    assert.equal(found(KIND, [webRoot(600), ...reads]).length, 1);
  });
});
