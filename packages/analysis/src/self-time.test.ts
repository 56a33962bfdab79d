import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assembleTrace } from "@culprit/trace-model";
import fc from "fast-check";
import { malformedTraces } from "../../trace-model/test/malformed-trace.ts";
import { sketched } from "../../trace-model/test/sketched-span.ts";
import { selfTimes } from "./self-time.ts";

describe("selfTimes", () => {
  it("counts overlapping children once and only inside the span", () => {
    const trace = assembleTrace(
      [
        { id: "r", start: 0, end: 100 },
        { id: "a", parent: "r", start: 10, end: 50 },
        { id: "b", parent: "r", start: 20, end: 30 },
        { id: "c", parent: "r", start: 40, end: 60 },
        { id: "d", parent: "r", start: 90, end: 150 },
      ].map(sketched),
    );
    assert.deepEqual([...selfTimes(trace)], [40, 40, 10, 20, 60]);
  });

  it("with the union of the clipped children is the duration", () => {
    fc.assert(
      fc.property(malformedTraces({ maxSpans: 14, wildTimes: false }), (spans) => {
        const trace = assembleTrace(spans);
        const self = selfTimes(trace);
        trace.spans.forEach((_, row) => {
          const start = trace.startNanos[row] as number;
          const end = start + (trace.durationNanos[row] as number);
          let covered = 0;
          for (let at = start; at < end; at++) {
            const isCovered = trace.parent.some((above, child) => {
              const from = trace.startNanos[child] as number;
              return above === row && from <= at && at < from + (trace.durationNanos[child] ?? 0);
            });
            if (isCovered) covered++;
          }
          assert.equal((self[row] as number) + covered, trace.durationNanos[row]);
        });
      }),
      { numRuns: 300 },
    );
  });

  it("is never negative, and exact at the edges of 64 bits", () => {
    fc.assert(
      fc.property(malformedTraces({ maxSpans: 8, wildTimes: true }), (spans) => {
        const trace = assembleTrace(spans);
        selfTimes(trace).forEach((nanos, row) => {
          assert.ok(nanos >= 0 && nanos <= (trace.durationNanos[row] as number));
        });
      }),
      { numRuns: 500 },
    );
  });
});
