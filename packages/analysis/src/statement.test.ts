import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { normalised } from "./statement.ts";

const POSTGRES = "postgresql";

describe("a normalised statement", () => {
  const same: Record<string, readonly string[]> = {
    numbers: [
      "select * from t where a = 1",
      "select * from t where a = 23.5e3",
      "select * from t where a = -7",
    ],
    texts: [
      "select 'a'",
      "select 'it''s'",
      "select E'it\\'s'",
      "select 'with -- and /* in it'",
      "select $1",
      "select $$it's -- $1$$",
      "select $tag$it's $$ $tag$",
      "select $$cut",
    ],
    "white space and case": ["select a\n\tfrom  t", "SELECT a FROM t"],
    comments: ["select a /* one */ from t -- two", "select a from t", "select a from t /* 'x */"],
    "IN lists": [
      "select a in (1)",
      "select a in (1, 2, 3)",
      "select a in ($1,$2)",
      "select a in (?, ?)",
    ],
    rows: ["insert into t values (1, 'a')", "insert into t values (2, 'b'), (3, NULL), ($1, $2)"],
    "named parameters": [
      "select a where b = :one",
      "select a where b = @two",
      "select a where b = 3",
    ],
    "hexadecimal numbers": ["select 0xff12", "select 0xab"],
    "a text that was cut": ["select a from t where b = 'lo", "select a from t where b = 'long"],
  };
  for (const [name, statements] of Object.entries(same)) {
    it(`is the same for other ${name}`, () => {
      const shapes = new Set(statements.map((statement) => normalised(statement, POSTGRES)));
      assert.equal(shapes.size, 1, [...shapes].join(" | "));
    });
  }

  const different: readonly (readonly [string, string])[] = [
    ["select a from t", "select a from u"],
    ["select a from t", "select b from t"],
    ['select "a b"', 'select "a c"'],
    ["select a where b is null", "select a where b is not null"],
    ["select a::int", "select a::text"],
    ["select a #>> b", "select a #>> c"],
    ["select a from t where b = 1", "select a from t where b > 1"],
    ["select a, '$$' from t -- $$", "select b, '$$' from t -- $$"],
  ];
  for (const [one, other] of different) {
    it(`tells ${one} from ${other}`, () => {
      assert.notEqual(normalised(one, POSTGRES), normalised(other, POSTGRES));
    });
  }

  it("takes double quotes for texts where MySQL does", () => {
    assert.equal(normalised('select "a"', "mysql"), normalised('select "b"', "mysql"));
  });

  it("does not depend on what was normalised before for another database", () => {
    const text = 'select "of a text that was not seen before"';
    assert.equal(normalised(text, POSTGRES), text);
    assert.equal(normalised(text, "mysql"), "select ?");
  });

  it("is a command and the beginning of its key where values are found by keys", () => {
    assert.equal(normalised("GET user:alice", "redis"), "get user:?");
    assert.equal(normalised("get user:bob", "valkey"), "get user:?");
    assert.equal(normalised("SET session7:x some more words", "redis"), "set session?:?");
    assert.equal(normalised("GET flags", "memcached"), "get ?");
    assert.notEqual(normalised("GET user:1", "redis"), normalised("DEL user:1", "redis"));
  });

  it("replaces values in what is no SQL", () => {
    assert.equal(normalised("GET user:17", "redis"), normalised("GET user:9", "redis"));
    const find = (id: string): string =>
      normalised(`{"find":"users","filter":{"_id":"${id}"}}`, "mongodb");
    assert.equal(find("64b7f0c2"), find("abc"));
    assert.notEqual(normalised("GET user:1", "redis"), normalised("GET cart:1", "redis"));
  });

  it("takes any text, and a long one in no time", () => {
    for (const text of ["", "'", "select '\\", "/* open", "-- only", "\u0000'$$"]) {
      assert.equal(typeof normalised(text, POSTGRES), "string");
    }
    const list = Array.from({ length: 100_000 }, (_, i) => i).join(", ");
    assert.equal(normalised(`select a in (${list}`, POSTGRES), "select a in ( ?");
    assert.ok(normalised("'\\".repeat(100_000), POSTGRES).length < 20_000);
  });
});
