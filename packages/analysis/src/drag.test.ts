import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assembleTrace, type Trace } from "@culprit/trace-model";
import fc from "fast-check";
import { malformedTraces, tidyTraces } from "../../trace-model/test/malformed-trace.ts";
import { sketched } from "../../trace-model/test/sketched-span.ts";
import { type ClippedSpans, clipSpans } from "./clipped-spans.ts";
import { Replay } from "./drag.ts";

interface Change {
  readonly gone: ReadonlySet<number>;
  readonly grown?: { readonly row: number; readonly nanos: number };
}

/** The definition, word by word and recursively: the root's duration replayed with some rows changed. */
function replayed(trace: Trace, clipped: ClippedSpans, change: Change): number {
  const { start, end, blocks } = clipped;
  const at = (column: Float64Array, row: number): number => column[row] as number;
  const childrenOf = (row: number): number[] =>
    [...trace.parent.keys()].filter((child) => trace.parent[child] === row && blocks[child] === 1);
  const duration = (row: number): number => {
    if (change.gone.has(row)) return 0;
    const children = childrenOf(row);
    const ends = new Map<number, number>();
    const endOf = (child: number): number => {
      const known = ends.get(child);
      if (known !== undefined) return known;
      const before = children
        .filter((other) => other !== child && at(end, other) <= at(start, child))
        .sort(
          (a, b) =>
            at(end, b) - at(end, a) ||
            at(start, a) - at(start, b) ||
            ((trace.spanIds[a] as string) < (trace.spanIds[b] as string) ? -1 : 1),
        )[0];
      const ready = before === undefined ? 0 : endOf(before);
      const gap = at(start, child) - (before === undefined ? at(start, row) : at(end, before));
      const result = ready + gap + duration(child);
      ends.set(child, result);
      return result;
    };
    const latestBefore = Math.max(at(start, row), ...children.map((child) => at(end, child)));
    const tail = at(end, row) - latestBefore;
    const grown = change.grown?.row === row ? change.grown.nanos : 0;
    return Math.max(0, ...children.map(endOf)) + tail + grown;
  };
  return duration(0);
}

const anyTrace = fc.oneof(tidyTraces(12), malformedTraces({ maxSpans: 12, wildTimes: false }));

describe("Replay", () => {
  it("gives the drag of the definition's example", () => {
    const trace = assembleTrace(
      [
        { id: "r", start: 0, end: 100 },
        { id: "a", parent: "r", start: 0, end: 40 },
        { id: "b", parent: "r", start: 40, end: 90 },
        { id: "c", parent: "r", start: 0, end: 70 },
      ].map(sketched),
    );
    const replay = new Replay(trace, clipSpans(trace));
    const row = (name: string): number => trace.spans.findIndex((span) => span.name === name);
    assert.equal(replay.drag(row("a")), 20);
    assert.equal(replay.drag(row("b")), 20);
    assert.equal(replay.drag(row("c")), 0);
    assert.equal(replay.slack(row("c")), 20);
    assert.equal(replay.slack(row("a")), 0);
    assert.equal(replay.drag(row("r")), 100);
    assert.equal(replay.dragTogether([row("a"), row("c")]), 40);
  });

  it("agrees with the definition replayed span by span, and is at most the duration", () => {
    fc.assert(
      fc.property(anyTrace, (spans) => {
        const trace = assembleTrace(spans);
        const clipped = clipSpans(trace);
        const replay = new Replay(trace, clipped);
        const root = trace.durationNanos[0] as number;
        assert.equal(replayed(trace, clipped, { gone: new Set() }), root);
        trace.spans.forEach((_, row) => {
          const drag = replay.drag(row);
          assert.equal(drag, root - replayed(trace, clipped, { gone: new Set([row]) }));
          assert.ok(drag >= 0 && drag <= (trace.durationNanos[row] as number));
        });
      }),
      { numRuns: 500 },
    );
  });

  it("agrees with it for several spans at once", () => {
    fc.assert(
      fc.property(anyTrace, fc.array(fc.nat(), { minLength: 2, maxLength: 4 }), (spans, picks) => {
        const trace = assembleTrace(spans);
        const clipped = clipSpans(trace);
        const rows = [...new Set(picks.map((pick) => pick % trace.spans.length))];
        const root = trace.durationNanos[0] as number;
        assert.equal(
          new Replay(trace, clipped).dragTogether(rows),
          root - replayed(trace, clipped, { gone: new Set(rows) }),
        );
      }),
      { numRuns: 500 },
    );
  });

  it("has a slack by which a span can grow without the root, and not by one more", () => {
    fc.assert(
      fc.property(anyTrace, (spans) => {
        const trace = assembleTrace(spans);
        const clipped = clipSpans(trace);
        const replay = new Replay(trace, clipped);
        const root = trace.durationNanos[0] as number;
        trace.spans.forEach((_, row) => {
          const slack = replay.slack(row);
          if (slack === undefined) return;
          const grown = (nanos: number): number =>
            replayed(trace, clipped, { gone: new Set(), grown: { row, nanos } });
          assert.equal(grown(slack), root);
          assert.equal(grown(slack + 1), root + 1);
        });
      }),
      { numRuns: 300 },
    );
  });
});
