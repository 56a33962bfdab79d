import assert from "node:assert/strict";
import { test } from "node:test";
import { SpanCollector } from "@culprit/trace-model";
import { Goldens, spansText } from "../test/golden.ts";
import { fixturesIn, skip } from "../test/shared-fixtures.ts";
import { zipkinMessage } from "../test/zipkin-messages.ts";
import { decodeFile } from "./file-format.ts";

const goldens = new Goldens("zipkin");

for (const path of fixturesIn("zipkin")) {
  const name = path.replace(/^zipkin\/|\.json$/g, "");
  test(`what arrives of ${name}, read as a file`, { skip }, () => {
    const sink = new SpanCollector();
    const outcome = decodeFile(zipkinMessage(path).bytes, sink);
    assert.equal(outcome.rejectedSpanCount, 0);
    goldens.compare(name, `${outcome.format}\n\n${spansText(sink.spans)}`);
  });
}

test("every golden of Zipkin is one of a fixture", { skip }, () => goldens.assertNoOrphans());
