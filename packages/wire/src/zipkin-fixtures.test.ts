import assert from "node:assert/strict";
import { test } from "node:test";
import { SpanCollector } from "@culprit/trace-model";
import { Goldens, spansText } from "../test/golden.ts";
import { fixtureBytes, fixturesIn, skip } from "../test/shared-fixtures.ts";
import { zipkinProtobuf, zipkinThrift } from "../test/zipkin-encodings.ts";
import { spansOfProtobufRendering, spansOfThriftRendering } from "../test/zipkin-renderings.ts";
import { decodeFile } from "./file-format.ts";

const goldens = new Goldens("zipkin");

/** Renderings are encoded first. */
function messageOf(path: string): Uint8Array {
  const bytes = fixtureBytes(path);
  const text = new TextDecoder().decode(bytes);
  if (path.includes("_proto_")) return zipkinProtobuf(spansOfProtobufRendering(text));
  return path.includes("_thrift_") ? zipkinThrift(spansOfThriftRendering(text)) : bytes;
}

for (const path of fixturesIn("zipkin")) {
  const name = path.replace(/^zipkin\/|\.json$/g, "");
  test(`what arrives of ${name}, read as a file`, { skip }, () => {
    const sink = new SpanCollector();
    const outcome = decodeFile(messageOf(path), sink);
    assert.equal(outcome.rejectedSpanCount, 0);
    goldens.compare(name, `${outcome.format}\n\n${spansText(sink.spans)}`);
  });
}

test("every golden of Zipkin is one of a fixture", { skip }, () => goldens.assertNoOrphans());
