// Bytes as real clients sent them: everything in them arrives.

import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type Span, SpanCollector } from "@culprit/trace-model";
import { Goldens } from "../test/golden.ts";
import { protobufBatch, thriftBatch, thriftPacket } from "../test/jaeger-batch.ts";
import { protobufRendering, thriftRendering } from "../test/jaeger-renderings.ts";
import { fixtureBytes, fixturesIn, skip } from "../test/shared-fixtures.ts";
import { textOfSpans } from "../test/span-text.ts";
import { decodeFile, type FileFormat } from "./file-format.ts";

const goldens = new Goldens("jaeger");
const THRIFT_RENDERING = "wire/thrift-thrift_batch_01.json";
const PROTOBUF_RENDERING = "wire/thrift-domain_01.json";

function spansIn(bytes: Uint8Array, format: FileFormat): Span[] {
  const sink = new SpanCollector();
  const outcome = decodeFile(bytes, sink);
  assert.equal(outcome.format, format);
  assert.equal(outcome.rejectedSpanCount, 0);
  return sink.spans;
}

describe("captured bytes of Jaeger's clients", { skip }, () => {
  after(() => goldens.assertNoOrphans());

  for (const path of fixturesIn("wire").filter((name) => name.endsWith(".bin"))) {
    const name = path.replace("wire/", "").replace(".bin", "");
    test(`${name} arrives whole`, () => {
      goldens.compare(name, textOfSpans(spansIn(fixtureBytes(path), "jaeger-thrift")));
    });
  }

  test("the rendering of a Thrift batch arrives whole, in every form", () => {
    const batch = thriftRendering(THRIFT_RENDERING);
    for (const bytes of [
      thriftBatch(batch),
      thriftPacket("compact", batch),
      thriftPacket("binary", batch),
    ]) {
      goldens.compare("thrift-batch", textOfSpans(spansIn(bytes, "jaeger-thrift")));
    }
  });

  test("the rendering of a protobuf batch arrives whole, and is that of the Thrift batch", () => {
    const batch = protobufRendering(PROTOBUF_RENDERING);
    const text = textOfSpans(spansIn(protobufBatch(batch, batch), "jaeger-protobuf"));
    goldens.compare("protobuf-batch", text);
    const thrift = spansIn(thriftBatch(thriftRendering(THRIFT_RENDERING)), "jaeger-thrift");
    // The one tells its parent by a reference, the other by a field.
    assert.equal(text, textOfSpans(thrift));
  });
});
