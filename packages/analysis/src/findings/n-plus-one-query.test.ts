import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CLIENT, found, type MillisecondSketch, webRoot } from "../../test/found-findings.ts";

const web = { service: "web" };

/** `count` queries of `nanos` each under `parent`, 1 ms apart. */
function queries(
  count: number,
  took: number,
  statement: (i: number) => string,
  details: Partial<MillisecondSketch> = {},
): MillisecondSketch[] {
  return Array.from({ length: count }, (_, i) => ({
    ...web,
    id: (16 + i).toString(16),
    parent: "1",
    start: 1 + i * (took + 1),
    end: 1 + i * (took + 1) + took,
    kind: CLIENT,
    name: "pg.query:SELECT shop",
    attributes: { "db.system.name": "postgresql", "db.query.text": statement(i) },
    ...details,
  }));
}

const byId = (i: number): string => `SELECT * FROM item WHERE id = ${i}`;

describe("n-plus-one-query", () => {
  it("is one statement five times in a row for 50 ms together", () => {
    const [finding, ...others] = found("n-plus-one-query", [webRoot(100), ...queries(5, 10, byId)]);
    assert.deepEqual(others, []);
    assert.equal(finding?.service, "web");
    assert.equal(finding?.operation, "GET /cart");
    assert.deepEqual(finding?.spanIds, ["10", "11", "12", "13", "14"]);
    assert.equal(finding?.dragNanos, 50e6);
    assert.equal(finding?.savingNanos, 40e6);
    assert.equal(
      finding?.evidence,
      "web / GET /cart ran the same statement 5 times, one after the other, 50.0 ms together, through pg.query:SELECT shop, first SELECT * FROM item WHERE id = 0.",
    );
    assert.match(finding?.recommendation ?? "", /web \/ GET \/cart ask once for all 5/);
  });

  it("is neither fewer, nor shorter ones, nor other statements", () => {
    const none = (spans: MillisecondSketch[]): void =>
      assert.deepEqual(found("n-plus-one-query", [webRoot(100), ...spans]), []);
    none(queries(4, 20, byId));
    none(queries(5, 9, byId));
    none(queries(5, 10, (i) => `SELECT * FROM item${i} WHERE id = 1`));
    none(queries(6, 10, (i) => (i % 3 === 2 ? "SELECT 1 FROM other" : byId(i))));
  });

  it("takes its thresholds from the options", () => {
    const spans = [webRoot(100), ...queries(3, 4, byId)];
    const thresholds = { nPlusOneQueryCount: 3, nPlusOneQueryNanos: 12e6 };
    assert.equal(found("n-plus-one-query", spans, { thresholds }).length, 1);
  });

  it("is not queries that overlap, even when the clock hides how they lie", () => {
    const atOnce = queries(6, 30, byId).map((span, i) => ({ ...span, start: i, end: i + 30 }));
    assert.deepEqual(found("n-plus-one-query", [webRoot(100), ...atOnce]), []);
  });

  it("allows for starts cut to whole milliseconds", () => {
    const cut = queries(6, 10, byId).map((span, i) => {
      const start = Math.floor(1.1 + i * 10.8);
      return { ...span, start, end: start + 10.8 };
    });
    assert.equal(found("n-plus-one-query", [webRoot(100), ...cut]).length, 1);
  });

  it("looks through connections and the spans around each query", () => {
    const wrapped = queries(5, 10, byId).flatMap((span, i): MillisecondSketch[] => {
      const loop = { ...span, id: `a${i}`, kind: 1, name: "load_item", attributes: {} };
      const connect = {
        ...web,
        id: `b${i}`,
        parent: `a${i}`,
        start: span.start,
        end: span.start + 1,
        kind: CLIENT,
        name: "pg-pool.connect",
        attributes: { "db.system.name": "postgresql" },
      };
      const parse = { ...connect, id: `c${i}`, parent: `a${i}`, kind: 1, name: "pg.parse" };
      return [loop, connect, parse, { ...span, parent: `a${i}` }];
    });
    assert.deepEqual(
      found("n-plus-one-query", [webRoot(100), ...wrapped]).map(({ operation }) => operation),
      ["GET /cart"],
    );
    const flat = wrapped
      .filter(({ name }) => name !== "load_item")
      .map((span) => ({ ...span, parent: "1" }));
    assert.equal(found("n-plus-one-query", [webRoot(100), ...flat]).length, 1);
  });

  it("knows a query without its text by its summary or its collection", () => {
    for (const attributes of [
      { "db.system.name": "mongodb", "db.operation.name": "find", "db.collection.name": "items" },
      { "db.system": "mongodb", "db.operation": "find", "db.mongodb.collection": "items" },
      { "db.system.name": "postgresql", "db.query.summary": "SELECT items" },
    ]) {
      const spans = queries(5, 10, byId, { attributes });
      assert.equal(found("n-plus-one-query", [webRoot(100), ...spans]).length, 1);
    }
  });
});
