import assert from "node:assert/strict";
import { test } from "node:test";
import { SpanCollector, SpanReplay } from "@culprit/trace-model";
import fc from "fast-check";
import { spans as anySpans } from "../../trace-model/test/span-arbitrary.ts";
import { assertSameSpans } from "../../trace-model/test/span-identity.ts";
import { OtlpProtobufDecoder } from "./otlp-protobuf-decoder.ts";
import { encodeOtlpProtobuf } from "./otlp-protobuf-encoder.ts";
import { WireError } from "./wire-error.ts";

test("decoding what was encoded gives the same spans", () => {
  const decoder = new OtlpProtobufDecoder();
  fc.assert(
    fc.property(anySpans, (spans) => {
      const sink = new SpanCollector();
      const outcome = decoder.decode(encodeOtlpProtobuf(spans), sink);
      assert.equal(outcome.spanCount, spans.length);
      assertSameSpans(sink.spans, spans);
    }),
    { numRuns: 300 },
  );
});

test("messages whose length takes two, three and four bytes come back", () => {
  const [span] = fc.sample(anySpans, { numRuns: 50, seed: 1 }).flat();
  assert.ok(span !== undefined);
  const spans = [200, 20_000, 3_000_000].map((size) => ({
    ...span,
    attributes: new Map([["k", new Map([["text", "x".repeat(size)]])]]),
  }));
  const sink = new SpanCollector();
  new OtlpProtobufDecoder().decode(encodeOtlpProtobuf(spans), sink);
  assertSameSpans(sink.spans, spans);
});

test("replaying collected spans gives the same spans", () => {
  fc.assert(
    fc.property(anySpans, (spans) => {
      const sink = new SpanCollector();
      const replay = new SpanReplay(sink);
      for (const span of spans) replay.span(span);
      assertSameSpans(sink.spans, spans);
    }),
    { numRuns: 100 },
  );
});

test("a Buffer inside a larger buffer decodes as its bytes alone do", () => {
  fc.assert(
    fc.property(anySpans, fc.nat({ max: 20 }), (spans, offset) => {
      const bytes = encodeOtlpProtobuf(spans);
      const larger = Buffer.alloc(bytes.length + offset + 9, 0xff);
      larger.set(bytes, offset);
      const sink = new SpanCollector();
      new OtlpProtobufDecoder().decode(larger.subarray(offset, offset + bytes.length), sink);
      assertSameSpans(sink.spans, spans);
    }),
    { numRuns: 50 },
  );
});

test("10,000 truncated and bit-flipped requests decode or fail with a WireError", () => {
  const samples = fc
    .sample(anySpans, { numRuns: 100, seed: 20261122 })
    .map((spans) => encodeOtlpProtobuf(spans))
    .filter((bytes) => bytes.length > 0);
  const random = randomFrom(7);
  const decoder = new OtlpProtobufDecoder();
  let failed = 0;
  for (let i = 0; i < 10_000; i++) {
    const sample = samples[i % samples.length] as Uint8Array;
    const mutated = sample.slice(0, i % 3 === 0 ? random() % sample.length : sample.length);
    const flips = i % 3 === 0 ? 0 : 1 + (random() % 4);
    for (let flip = 0; flip < flips; flip++) {
      const at = random() % mutated.length;
      mutated[at] = (mutated[at] as number) ^ (1 << (random() % 8));
    }
    try {
      decoder.decode(mutated, new SpanCollector());
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      failed++;
    }
  }
  assert.ok(failed > 3_000, `only ${failed} of 10,000 failed`);
});

/** xorshift32 */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
