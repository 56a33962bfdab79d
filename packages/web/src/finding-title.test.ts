import assert from "node:assert/strict";
import { test } from "node:test";
import { findingTitle } from "./finding-title.ts";

test("kinds of findings read as words", () => {
  const table: readonly (readonly [string, string])[] = [
    ["n-plus-one-query", "N+1 query"],
    ["n-plus-one-call", "N+1 call"],
    ["fan-out", "Fan out"],
    ["retry-storm", "Retry storm"],
    ["timeout", "Timeout"],
  ];
  for (const [kind, title] of table) assert.equal(findingTitle(kind), title);
});
