import assert from "node:assert/strict";
import { test } from "node:test";
import type { Attributes, AttributeValue } from "@culprit/trace-model";
import { sampleSpan, spanIdOf } from "../../test/sample-spans.ts";
import { adjustedSpans } from "./adjusted-spans.ts";

const unsorted: Attributes = new Map([
  ["b", "2"],
  ["a", "1"],
]);
const resource = { attributes: unsorted, droppedAttributesCount: 0, schemaUrl: "https://schema" };

test("raw spans are as they came", () => {
  const spans = [sampleSpan({ attributes: unsorted, resource }), sampleSpan()];
  assert.equal(adjustedSpans(spans, true), spans);
});

test("copies are shown once, attributes sorted wherever they stand, processes still shared", () => {
  const event = { timeUnixNano: 1n, name: "e", attributes: unsorted, droppedAttributesCount: 0 };
  const span = sampleSpan({ attributes: unsorted, events: [event], resource });
  const other = sampleSpan({ spanId: spanIdOf(2), parentSpanId: span.spanId, resource });
  const [first, second, ...more] = adjustedSpans([span, other, span], false);
  assert.deepEqual(more, []);
  assert.deepEqual([...(first?.attributes.keys() ?? [])], ["a", "b"]);
  assert.deepEqual([...(first?.events[0]?.attributes.keys() ?? [])], ["a", "b"]);
  assert.deepEqual([...(first?.resource.attributes.keys() ?? [])], ["a", "b"]);
  assert.equal(first?.resource.schemaUrl, "");
  assert.equal(first?.resource, second?.resource);
});

const OWN: readonly (readonly [AttributeValue, readonly string[]])[] = [
  [
    ["one", "two"],
    ["one", "two"],
  ],
  ["one", ["one"]],
  [[1n], ["1"]],
];
for (const [own, texts] of OWN) {
  test(`warnings follow the span's own, ${JSON.stringify(texts)}`, () => {
    const orphan = sampleSpan({
      parentSpanId: spanIdOf(9),
      attributes: new Map([["@jaeger@warnings", own]]),
    });
    const [span] = adjustedSpans([orphan], false);
    const warnings = span?.attributes.get("@jaeger@warnings") as readonly string[];
    assert.deepEqual(warnings.slice(0, -1), texts);
    assert.match(warnings.at(-1) ?? "", /parent/);
  });
}
