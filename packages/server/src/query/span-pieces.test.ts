import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleSpan, spanIdOf } from "../../test/sample-spans.ts";
import { inPieces } from "./span-pieces.ts";

const SPANS = Array.from({ length: 11 }, (_, n) => sampleSpan({ spanId: spanIdOf(n) }));

test("spans that fit are one piece, others come in halves, all of them, in order", () => {
  for (const most of [20, 11, 10, 3, 1]) {
    const pieces = [...inPieces(SPANS, (spans) => (spans.length > most ? undefined : spans))];
    assert.deepEqual(pieces.flat(), SPANS);
    assert.ok(most < 11 ? pieces.length > 1 : pieces.length === 1);
    for (const piece of pieces) assert.ok(piece.length <= most);
  }
});

test("a single span that does not fit is a bug", () => {
  assert.throws(() => [...inPieces(SPANS.slice(0, 1), () => undefined)], /single span/);
});
