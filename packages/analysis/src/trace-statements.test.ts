import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { normalised } from "./statement.ts";
import { TraceStatements } from "./trace-statements.ts";

const POSTGRES = "postgresql";

describe("the statements of a trace", () => {
  const long = (value: number): string => `select '${value}', ${"a, ".repeat(500)} b from t`;

  it("are normalised, however often they come", () => {
    const statements = new TraceStatements();
    for (let i = 0; i < 2000; i++) {
      assert.equal(statements.normalised(long(1), POSTGRES), normalised(long(1), POSTGRES));
    }
  });

  it("are told by their beginning once there are very many of them", () => {
    const statements = new TraceStatements();
    for (let i = 0; i < 700; i++) statements.normalised(long(i), POSTGRES);
    const one = statements.normalised(long(7001), POSTGRES);
    assert.ok(one.length < 200);
    assert.equal(statements.normalised(long(7002), POSTGRES), one);
    assert.equal(statements.normalised(long(1), POSTGRES), normalised(long(1), POSTGRES));
    assert.notEqual(statements.normalised("delete from t where a = 1", POSTGRES), one);
  });
});
