import assert from "node:assert/strict";
import { test } from "node:test";
import type { AttributeValue } from "@culprit/trace-model";
import fc from "fast-check";
import { attributes } from "../../trace-model/test/span-arbitrary.ts";
import { attributeTextOf, attributeTypeOf, attributeValueOf, jsonOf } from "./attribute-text.ts";

test("every value comes back from its type and text", () => {
  fc.assert(
    fc.property(attributes, (held) => {
      for (const value of held.values()) {
        assert.deepEqual(attributeValueOf(attributeTypeOf(value), attributeTextOf(value)), value);
      }
    }),
  );
});

test("arrays and maps read as plain JSON where JSON can say what they are", () => {
  const cases: [AttributeValue, string][] = [
    [["a", "b"], '["a","b"]'],
    [[1n, 1, 1.5, true, null], "[1,1.0,1.5,true,null]"],
    [
      new Map<string, AttributeValue>([
        ["2", "x"],
        ["1", []],
      ]),
      '{"2":"x","1":[]}',
    ],
    [[Number.NaN], '[{"$double":"NaN"}]'],
    [[new Uint8Array([255])], '[{"$bytes":"/w=="}]'],
    [new Map([["$bytes", "mine"]]), '{"$map":{"$bytes":"mine"}}'],
  ];
  for (const [value, text] of cases) {
    assert.equal(jsonOf(value), text);
    assert.deepEqual(attributeValueOf(Array.isArray(value) ? "a" : "m", text), value);
  }
});
