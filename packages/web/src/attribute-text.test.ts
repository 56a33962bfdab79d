import assert from "node:assert/strict";
import { test } from "node:test";
import { attributeText } from "./attribute-text.ts";

test("short arrays stay on a line, long ones are laid out, and broken ones stay as they are", () => {
  const long = JSON.stringify(Array.from({ length: 30 }, (_, i) => i));
  assert.equal(attributeText({ key: "k", type: "array", value: "[1,2]" }), "[1,2]");
  assert.match(attributeText({ key: "k", type: "array", value: long }), /^\[\n {2}0,\n/);
  assert.equal(attributeText({ key: "k", type: "map", value: `${long}}` }), `${long}}`);
});

test("what is empty says so", () => {
  assert.equal(attributeText({ key: "k", type: "string", value: "" }), '""');
  assert.equal(attributeText({ key: "k", type: "bytes", value: "" }), "(no bytes)");
  assert.equal(attributeText({ key: "k", type: "null", value: "" }), "null");
});
