import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { malformedTraces, shuffled } from "../test/malformed-trace.ts";
import { type SpanSketch, sketched, spanId } from "../test/sketched-span.ts";
import type { Span } from "./span.ts";
import { comparedParents } from "./span-id-words.ts";
import { MAX_NANOS, type Trace, unixNanosAt } from "./trace.ts";
import { assembleTrace } from "./trace-assembly.ts";

const CLIENT = 3;
const SERVER = 2;

function assemble(...sketches: SpanSketch[]): Trace {
  return assembleTrace(sketches.map(sketched));
}

/** `id(child child(grandchild))`, as short ids. */
function tree(trace: Trace): string {
  let text = "";
  const close: number[] = [];
  trace.spanIds.forEach((id, row) => {
    while (close.at(-1) === row) {
      text += ")";
      close.pop();
    }
    if (text !== "" && !text.endsWith("(")) text += " ";
    text += id.replace(/^0+/, "");
    if ((trace.subtreeEnd[row] as number) > row + 1) {
      text += "(";
      close.push(trace.subtreeEnd[row] as number);
    }
  });
  return text + ")".repeat(close.length);
}

describe("assembleTrace", () => {
  it("orders rows depth first, children by start, the root on top", () => {
    const trace = assemble(
      { id: "d", parent: "b", start: 12, end: 13 },
      { id: "c", parent: "a", start: 20, end: 30 },
      { id: "e", parent: "9", start: 1, end: 2 },
      { id: "a", start: 5, end: 100 },
      { id: "b", parent: "a", start: 10, end: 15 },
    );
    assert.equal(tree(trace), "a(b(d) c) e");
    assert.deepEqual([...trace.parent], [-1, 0, 1, 0, -1]);
    assert.deepEqual([...trace.startNanos], [0, 5, 7, 15, -4]);
    assert.deepEqual([...trace.durationNanos], [95, 5, 1, 10, 1]);
    assert.equal(trace.originUnixNano, 5n);
    assert.equal(unixNanosAt(trace, trace.startNanos[4] as number), 1n);
  });

  it("keeps an orphan as an extra root and reports it", () => {
    const trace = assemble(
      { id: "a", start: 0, end: 10 },
      { id: "b", parent: "9", start: 1, end: 5 },
      { id: "c", parent: "8", start: 0, end: 4 },
    );
    assert.equal(tree(trace), "a c b");
    assert.deepEqual([...trace.orphans], [1, 2]);
    assert.deepEqual(trace.warnings, ["2 spans point to a parent that never arrived"]);
    assert.deepEqual(trace.spanWarnings, [
      { spanId: spanId("c"), message: "its parent never arrived" },
      { spanId: spanId("b"), message: "its parent never arrived" },
    ]);
  });

  it("takes for root the earliest parentless span, then the longer, then the lower id", () => {
    const spans = [
      { id: "1", parent: "f", start: 0, end: 99 },
      { id: "2", start: 6, end: 99 },
      { id: "3", start: 5, end: 8 },
      { id: "5", start: 5, end: 9 },
      { id: "4", start: 5, end: 9 },
    ];
    assert.equal(assemble(...spans).spanIds[0], spanId("4"));
    assert.equal(assemble(spans[0] as SpanSketch).spanIds[0], spanId("1"));
  });

  it("counts equal copies once, whatever the order of their attributes", () => {
    const copy = { id: "a", start: 0, end: 10 };
    const trace = assemble(
      { ...copy, attributes: { x: 1n, y: "1" } },
      { ...copy, attributes: { y: "1", x: 1n } },
    );
    assert.equal(trace.spans.length, 1);
    assert.deepEqual(trace.warnings, []);
  });

  it("of differing copies keeps the later end, then more attributes, then one by content", () => {
    const kept = (...sketches: SpanSketch[]): string => {
      const trace = assemble(...sketches);
      assert.equal(trace.spans.length, 1);
      assert.deepEqual(trace.warnings, [
        "1 span arrived in differing copies; the one that ends last was kept",
      ]);
      return trace.spans[0]?.name ?? "";
    };
    const a = { id: "a", start: 0, end: 10 };
    assert.equal(kept({ ...a, end: 11, name: "x" }, { ...a, attributes: { k: "v" } }), "x");
    assert.equal(kept({ ...a, name: "w" }, { ...a, attributes: { k: "v" }, name: "x" }), "x");
    assert.equal(kept({ ...a, name: "x" }, { ...a, name: "w" }), "w");
    // An integer and a double of the same digits are different content.
    kept({ ...a, attributes: { k: 1n } }, { ...a, attributes: { k: 1 } });
  });

  it("makes two spans of an id that client and server share, children under the server", () => {
    const sketches: SpanSketch[] = [
      { id: "a", start: 0, end: 100 },
      { id: "b", parent: "a", kind: CLIENT, start: 10, end: 60 },
      { id: "b", parent: "a", kind: SERVER, start: 20, end: 50 },
      { id: "c", parent: "b", start: 30, end: 40 },
    ];
    const trace = assemble(...sketches);
    assert.equal(trace.spans.length, 4);
    assert.deepEqual(
      trace.spans.map(({ kind }) => kind),
      [1, CLIENT, SERVER, 1],
    );
    assert.deepEqual([...trace.parent], [-1, 0, 1, 2]);
    assert.equal(trace.spanIds[1], spanId("b"));
    assert.match(trace.spanIds[2] ?? "", /^[0-9a-f]{16}$/);
    assert.notEqual(trace.spanIds[2], spanId("b"));
    assert.deepEqual(trace.warnings, []);
    assert.deepEqual(assemble(...sketches.reverse()).spanIds, trace.spanIds);
  });

  it("leaves a lone shared span its id and parent", () => {
    const trace = assemble(
      { id: "a", start: 0, end: 100 },
      { id: "b", parent: "a", kind: SERVER, start: 20, end: 50 },
    );
    assert.equal(tree(trace), "a(b)");
  });

  it("cuts a cycle at its earliest span", () => {
    const trace = assemble(
      { id: "a", start: 0, end: 100 },
      { id: "b", parent: "d", start: 30, end: 40 },
      { id: "c", parent: "b", start: 20, end: 50 },
      { id: "d", parent: "c", start: 25, end: 50 },
      { id: "e", parent: "d", start: 1, end: 2 },
      { id: "f", parent: "f", start: 60, end: 61 },
    );
    assert.equal(tree(trace), "a c(d(e b)) f");
    assert.deepEqual(trace.warnings, ["2 cycles of parents were cut, each at its earliest span"]);
    assert.deepEqual([...trace.orphans], []);
  });

  it("counts a span that ends before its start as zero length", () => {
    const trace = assemble(
      { id: "a", start: 0, end: 100 },
      { id: "b", parent: "a", start: 30, end: 20 },
    );
    assert.deepEqual([...trace.durationNanos], [100, 0]);
    assert.deepEqual(trace.warnings, ["1 span ends before it starts and counts as zero length"]);
  });

  it("caps what doubles cannot hold, with a warning, and leaves the other spans alone", () => {
    const now = 1_763_832_000_000_000_000n;
    const trace = assemble(
      { id: "a", start: now, end: now + 100n },
      { id: "b", parent: "a", start: 0, end: now },
      { id: "c", parent: "a", start: 2n ** 64n - 2n, end: 2n ** 64n - 1n },
      { id: "d", parent: "a", start: now + 7n, end: now + 50n },
    );
    assert.equal(tree(trace), "a(b d c)");
    assert.deepEqual([...trace.startNanos], [0, -MAX_NANOS, 7, MAX_NANOS]);
    assert.deepEqual([...trace.durationNanos], [100, MAX_NANOS, 43, 0]);
    assert.equal(trace.spanWarnings.length, 3);
    assert.match(trace.warnings.join("; "), /1 span is longer .*; 2 spans reach more than/);
  });

  it("numbers services and operations in the order of rows", () => {
    const trace = assemble(
      { id: "b", parent: "a", start: 1, end: 2, service: "two", name: "x" },
      { id: "a", start: 0, end: 9, service: "one", name: "x" },
      { id: "c", parent: "a", start: 3, end: 4, service: "two", name: "x" },
    );
    assert.deepEqual(trace.services, ["one", "two"]);
    assert.deepEqual(trace.operations, [
      { service: 0, name: "x" },
      { service: 1, name: "x" },
    ]);
    assert.deepEqual([...trace.operation], [0, 1, 1]);
  });

  it("takes a chain and a fan-out of 100,000 spans", () => {
    const count = 100_000;
    const chain = Array.from({ length: count }, (_, i) =>
      sketched({
        id: i.toString(16),
        ...(i > 1 ? { parent: (i - 1).toString(16) } : {}),
        start: i,
        end: 9e5,
      }),
    ).slice(1);
    const deep = assembleTrace(chain.toReversed());
    assert.equal(deep.parent[count - 2], count - 3);
    const fan = chain.map((span, i) => (i === 0 ? span : { ...span, parentSpanId: spanId("1") }));
    const wide = assembleTrace(fan.toReversed());
    assert.equal(wide.parent[count - 2], 0);
    assert.equal(wide.subtreeEnd[0], count - 1);
    assert.deepEqual(
      wide.startNanos,
      Float64Array.from({ length: count - 1 }, (_, i) => i),
    );
  });

  it("gives the same trace for any order of any spans, every span in one tree", () => {
    fc.assert(
      fc.property(
        malformedTraces({ maxSpans: 12, wildTimes: true }).chain((spans) =>
          fc.tuple(fc.constant(spans), shuffled(spans)),
        ),
        ([spans, other]) => {
          const trace = assembleTrace(spans);
          assert.deepEqual(assembleTrace(other), trace);
          const count = trace.spans.length;
          assert.equal(new Set(trace.spanIds).size, count);
          assert.equal(trace.roots[0], 0);
          trace.parent.forEach((above, row) => {
            assert.ok(above < row);
            const end = trace.subtreeEnd[row] as number;
            assert.ok(end > row && end <= count);
            if (above < 0) return;
            assert.ok(end <= (trace.subtreeEnd[above] as number));
          });
          for (const nanos of trace.durationNanos) assert.ok(nanos >= 0 && nanos <= MAX_NANOS);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("gives the same trace with ids as words, be they distinct or not", () => {
    let distinct = 0;
    fc.assert(
      fc.property(
        malformedTraces({ maxSpans: 30, wildTimes: true }),
        fc.boolean(),
        (drawn, once) => {
          const spans = once
            ? [...new Map(drawn.map((span) => [span.spanId, span])).values()]
            : drawn;
          const idWords = { ids: words(spans, "spanId"), parents: words(spans, "parentSpanId") };
          if (comparedParents(idWords) !== undefined) distinct++;
          assert.deepEqual(assembleTrace(spans, idWords), assembleTrace(spans));
        },
      ),
      { numRuns: 500 },
    );
    assert.ok(distinct > 100);
  });
});

function words(spans: readonly Span[], id: "spanId" | "parentSpanId"): Int32Array {
  const bytes = Buffer.from(spans.map((span) => span[id].padStart(16, "0")).join(""), "hex");
  return new Int32Array(new Uint8Array(bytes).buffer);
}
