import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CLIENT, found, type MillisecondSketch, webRoot } from "../../test/found-findings.ts";

function query(
  id: string,
  parent: string,
  [start, end]: readonly [number, number],
  name: string,
  statement = "select * from orders where id = 1",
): MillisecondSketch {
  const attributes = { "db.system": "postgresql", "db.statement": statement };
  return { id, parent, start, end, kind: CLIENT, service: "web", name, attributes };
}

const operations = (spans: readonly MillisecondSketch[]): readonly string[] =>
  found("slow-query", [webRoot(2000), ...spans]).map(({ operation }) => operation);

describe("slow-query", () => {
  it("is a database span of more than 500 ms", () => {
    assert.deepEqual(operations([query("2", "1", [10, 510], "SELECT")]), []);
    const [finding] = found("slow-query", [
      webRoot(2000),
      query("2", "1", [10, 510.001], "SELECT"),
    ]);
    assert.equal(
      finding?.evidence,
      "web / SELECT took 500 ms, over the limit of 500 ms: select * from orders where id = 1.",
    );
    assert.equal(finding?.savingNanos, 500_001_000);
  });

  it("is one where the mapper and the driver each have a span for it", () => {
    const outer = query("2", "1", [10, 900], "Order.find", "select * from orders where id = $1");
    assert.deepEqual(operations([outer, query("3", "2", [11, 899], "pg.query:SELECT")]), [
      "pg.query:SELECT",
    ]);
    const other = query("3", "2", [11, 899], "pg.query:SELECT", "select pg_sleep(1)");
    assert.deepEqual(operations([outer, other]), ["Order.find", "pg.query:SELECT"]);
  });
});
