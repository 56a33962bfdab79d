import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMediaType } from "./media-type.ts";

const TYPES: readonly (readonly [header: string, type: string | undefined])[] = [
  ["application/x-thrift", "application/x-thrift"],
  [" Application/X-Thrift ; charset=utf-8", "application/x-thrift"],
  [
    'application/vnd.apache.thrift.binary; a=b;c="d;\\" e" ;',
    "application/vnd.apache.thrift.binary",
  ],
  ["text", "text"],
  ["", undefined],
  [";a=b", undefined],
  ["application/", undefined],
  ["application/x thrift", undefined],
  ["application/x-thrift; a", undefined],
  ["application/x-thrift; =b", undefined],
  ['application/x-thrift; a="b', undefined],
];

for (const [header, type] of TYPES) {
  test(`${JSON.stringify(header)} is ${type ?? "no media type"}`, () => {
    const outcome = parseMediaType(header);
    assert.equal(outcome.kind === "type" ? outcome.type : undefined, type);
  });
}

test("a long header takes no long time", () => {
  const start = performance.now();
  for (const unit of [";", "; a=b", ";a", ' ;\t"', "; ", '"\\'])
    parseMediaType(`a/b;${unit.repeat(10_000)}`);
  assert.ok(performance.now() - start < 500);
});
