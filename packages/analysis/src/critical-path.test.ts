import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, it } from "node:test";
import { assembleTrace, type Span, type Trace } from "@culprit/trace-model";
import fc from "fast-check";
import { malformedTraces, tidyTraces } from "../../trace-model/test/malformed-trace.ts";
import { type SpanSketch, sketched } from "../../trace-model/test/sketched-span.ts";
import { followsFrom } from "../test/calling-traces.ts";
import { FIXTURES, type JaegerTrace, jaegerSpans, readFixture } from "../test/jaeger-json.ts";
import { analyzeTrace } from "./analyze-trace.ts";
import { type ClippedSpans, clipSpans } from "./clipped-spans.ts";
import { correctClockSkew } from "./clock-skew.ts";
import { type CriticalPath, criticalPath } from "./critical-path.ts";

const NO_FIXTURES = existsSync(FIXTURES) ? false : "../shared/fixtures is absent";

/** `name start-end …`, ascending. */
function path(spans: readonly Span[], tolerance = 0): string {
  const { trace } = correctClockSkew(assembleTrace(spans));
  const { row, startNanos, endNanos } = criticalPath(trace, clipSpans(trace), tolerance);
  return Array.from(
    row,
    (at, i) => `${trace.spans[at]?.name} ${startNanos[i]}-${endNanos[i]}`,
  ).join(", ");
}

const sketch = (...sketches: SpanSketch[]): Span[] => sketches.map(sketched);

describe("criticalPath", () => {
  it("gives what lies between children to the parent", () => {
    const spans = sketch(
      { id: "r", start: 0, end: 100 },
      { id: "a", parent: "r", start: 10, end: 30 },
      { id: "b", parent: "r", start: 50, end: 90 },
    );
    assert.equal(path(spans), "r 0-10, a 10-30, r 30-50, b 50-90, r 90-100");
  });

  it("keeps a child on it that ends in the nanosecond in which the next begins", () => {
    const spans = sketch(
      { id: "r", start: 0, end: 100 },
      { id: "a", parent: "r", start: 0, end: 50 },
      { id: "b", parent: "r", start: 50, end: 100 },
    );
    assert.equal(path(spans), "a 0-50, b 50-100");
  });

  it("of children that end together takes the earlier start, then the lower id", () => {
    const spans = sketch(
      { id: "r", start: 0, end: 100 },
      { id: "c", parent: "r", start: 20, end: 90 },
      { id: "b", parent: "r", start: 10, end: 90 },
      { id: "a", parent: "r", start: 10, end: 90 },
    );
    assert.equal(path(spans), "r 0-10, a 10-90, r 90-100");
  });

  it("clips a child that outlives its parent, and the grandchild with it", () => {
    const spans = sketch(
      { id: "r", start: 10, end: 100 },
      { id: "a", parent: "r", start: 0, end: 200 },
      { id: "b", parent: "a", start: 50, end: 150 },
      { id: "c", parent: "a", start: 100, end: 150 },
    );
    // Times count from the root's start.
    assert.equal(path(spans), "a 0-40, b 40-90");
  });

  it("leaves out what starts at or after its parent's end, ends before its start, or is empty", () => {
    const spans = sketch(
      { id: "r", start: 10, end: 100 },
      { id: "a", parent: "r", start: 100, end: 200 },
      { id: "b", parent: "r", start: 0, end: 10 },
      { id: "c", parent: "r", start: 50, end: 50 },
      { id: "d", parent: "c", start: 40, end: 60 },
    );
    assert.equal(path(spans), "r 0-90");
  });

  it("leaves out what a consumer does for a producer", () => {
    const spans = sketch(
      { id: "r", start: 0, end: 100, kind: 4 },
      { id: "a", parent: "r", start: 20, end: 60, kind: 5 },
      { id: "b", parent: "a", start: 30, end: 50 },
    );
    assert.equal(path(spans), "r 0-100");
  });

  it("leaves out what only follows from its parent, and keeps other links", () => {
    const [root, a, b, c] = sketch(
      { id: "f", start: 0, end: 100 },
      { id: "a", parent: "f", start: 20, end: 60 },
      { id: "b", parent: "a", start: 30, end: 50 },
      { id: "c", parent: "f", start: 70, end: 80 },
    ) as [Span, Span, Span, Span];
    const following = { ...a, links: [followsFrom("f")] };
    const linked = { ...c, links: [followsFrom("a")] };
    assert.equal(path([root, following, b, linked]), "f 0-70, c 70-80, f 80-100");
  });

  it("follows overlapping siblings only within the tolerance", () => {
    const spans = sketch(
      { id: "r", start: 0, end: 1000 },
      { id: "a", parent: "r", start: 0, end: 505 },
      { id: "b", parent: "r", start: 500, end: 1000 },
    );
    assert.equal(path(spans), "r 0-500, b 500-1000");
    assert.equal(path(spans, 0.01), "a 0-500, b 500-1000");
    assert.equal(path(spans, 0.004), "r 0-500, b 500-1000");
    assert.equal(path(spans, 0.005), "a 0-500, b 500-1000");
    const third = sketched({ id: "c", parent: "r", start: 502, end: 600 });
    assert.equal(path([...spans, third], 0.01), "r 0-500, b 500-1000");
  });

  it("matches the published sections of jaeger-ui", { skip: NO_FIXTURES }, () => {
    interface Case {
      readonly name: string;
      readonly trace: JaegerTrace;
      readonly criticalPathSections: readonly {
        spanID: string;
        sectionStart: number;
        sectionEnd: number;
      }[];
    }
    const cases = readFixture("critical-path/jaeger-ui-1-5.json") as readonly Case[];
    assert.equal(cases.length, 5);
    for (const { name, trace, criticalPathSections } of cases) {
      const verdict = analyzeTrace(assembleTrace(jaegerSpans(trace)));
      assert.deepEqual(
        verdict.criticalPath.map(({ spanId, startUnixNano, endUnixNano }) => ({
          spanID: spanId,
          sectionStart: Number(startUnixNano) / 1000,
          sectionEnd: Number(endUnixNano) / 1000,
        })),
        criticalPathSections.toReversed(),
        name,
      );
    }
  });

  for (const number of [1, 2, 3, 4, 5, 6]) {
    it(`matches the published exclusive times of CRISP ${number}`, { skip: NO_FIXTURES }, () => {
      const { data, testing } = readFixture(`critical-path/crisp-${number}.json`) as {
        readonly data: readonly JaegerTrace[];
        readonly testing: readonly Readonly<Record<string, number>>[];
      };
      assert.equal(data.length, testing.length);
      data.forEach((trace, i) => {
        const { operations } = analyzeTrace(assembleTrace(jaegerSpans(trace)), {
          overlapTolerance: 0.01,
        });
        const micros = Object.fromEntries(
          operations.map((each) => [
            `[${each.service}] ${each.operation}`,
            each.criticalPathNanos / 1000,
          ]),
        );
        const named = testing[i] ?? {};
        const rest = Object.entries(micros).filter(([key]) => !(key in named));
        assert.deepEqual(
          Object.fromEntries(Object.keys(named).map((key) => [key, micros[key]])),
          named,
        );
        assert.deepEqual(
          rest.filter(([, nanos]) => nanos !== 0),
          [],
        );
      });
    });
  }
});

interface Judged {
  readonly trace: Trace;
  readonly clipped: ClippedSpans;
  readonly path: CriticalPath;
}

function judged(spans: readonly Span[], tolerance: number): Judged {
  const trace = assembleTrace(spans);
  const clipped = clipSpans(trace);
  return { trace, clipped, path: criticalPath(trace, clipped, tolerance) };
}

const anyTrace = fc.oneof(
  tidyTraces(14),
  malformedTraces({ maxSpans: 14, wildTimes: false }),
  malformedTraces({ maxSpans: 8, wildTimes: true }),
);
const anyTolerance = fc.constantFrom(0, 0.01, 0.2);

describe("criticalPath of any trace", () => {
  it("has sections that ascend, are disjoint, fill the root and never touch themselves", () => {
    fc.assert(
      fc.property(anyTrace, anyTolerance, (spans, tolerance) => {
        const { trace, path } = judged(spans, tolerance);
        let at = 0;
        path.row.forEach((row, i) => {
          assert.equal(path.startNanos[i], at);
          at = path.endNanos[i] as number;
          assert.ok((path.startNanos[i] as number) < at);
          if (i > 0) assert.notEqual(path.row[i - 1], row);
        });
        assert.equal(at, trace.durationNanos[0]);
      }),
      { numRuns: 1000 },
    );
  });

  it("gives a span stepped into, with those below it, all from its start to one moment", () => {
    fc.assert(
      fc.property(anyTrace, anyTolerance, (spans, tolerance) => {
        const { trace, clipped, path } = judged(spans, tolerance);
        for (const row of new Set(path.row)) {
          const stop = trace.subtreeEnd[row] as number;
          let at = clipped.start[row] as number;
          path.row.forEach((other, i) => {
            if (other < row || other >= stop) return;
            assert.equal(path.startNanos[i], at);
            at = path.endNanos[i] as number;
          });
          // Without tolerance the cursor handed in is the span's clipped end.
          if (tolerance === 0) assert.equal(at, clipped.end[row]);
          else assert.ok(at <= (clipped.end[row] as number));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("does not change when a leaf is removed that is not on it", () => {
    fc.assert(
      fc.property(tidyTraces(14), (spans) => {
        const { trace, path } = judged(spans, 0);
        const sections = (each: Judged): string[] =>
          Array.from(
            each.path.row,
            (row, i) =>
              `${each.trace.spanIds[row]} ${each.path.startNanos[i]} ${each.path.endNanos[i]}`,
          );
        const onPath = new Set(path.row);
        trace.spans.forEach((leaf, row) => {
          if (trace.subtreeEnd[row] !== row + 1 || onPath.has(row)) return;
          const without = judged(
            spans.filter((span) => span !== leaf),
            0,
          );
          assert.deepEqual(sections(without), sections({ trace, path, clipped: clipSpans(trace) }));
        });
      }),
      { numRuns: 300 },
    );
  });

  it("takes a chain and a fan-out of 100,000 spans", () => {
    const count = 100_000;
    const chain = Array.from({ length: count }, (_, i) =>
      sketched({
        id: (i + 1).toString(16),
        ...(i > 0 ? { parent: i.toString(16) } : {}),
        start: i,
        end: 2 * count - i,
      }),
    );
    assert.equal(judged(chain, 0).path.row.length, 2 * count - 1);
    const fan = Array.from({ length: count }, (_, i) =>
      sketched({
        id: (i + 1).toString(16),
        ...(i > 0 ? { parent: "1" } : {}),
        start: i,
        end: i === 0 ? 2 * count : count + ((i * 7919) % count),
      }),
    );
    assert.equal(judged(fan, 0).path.row.length, 3);
    assert.equal(judged(fan, 0.01).path.endNanos.at(-1), 2 * count);
  });
});
