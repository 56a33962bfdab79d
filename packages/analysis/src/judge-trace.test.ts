import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assembleTrace, type Span } from "@culprit/trace-model";
import fc from "fast-check";
import { malformedTraces, tidyTraces } from "../../trace-model/test/malformed-trace.ts";
import { declinedOrder, timedOutOrder } from "../test/order-trace.ts";
import type { AnalysisOptions } from "./analysis-options.ts";
import { analyzeTrace } from "./analyze-trace.ts";
import { judgeTrace } from "./judge-trace.ts";

function assertAgreement(spans: readonly Span[], options: AnalysisOptions = {}): void {
  const verdict = analyzeTrace(assembleTrace(spans), options);
  const { path, ...rest } = judgeTrace(assembleTrace(spans), options);
  assert.deepEqual(rest, {
    traceId: verdict.traceId,
    startUnixNano: BigInt(verdict.startUnixNano),
    durationNanos: verdict.durationNanos,
    rootService: verdict.root.service,
    rootOperation: verdict.root.operation,
    spanCount: verdict.spanCount,
    errorSpanCount: verdict.errorSpanCount,
    bottleneckService: verdict.bottleneck?.service ?? "",
    bottleneckOperation: verdict.bottleneck?.operation ?? "",
    findingKinds: [...new Set(verdict.findings.map(({ kind }) => kind))],
    errorOrigins: [...new Set(verdict.errors.map(({ service }) => service))],
  });
  const byOperation = new Map<string, number>();
  for (const { service, operation, nanos } of path) {
    if (nanos === 0) continue;
    const name = JSON.stringify([service, operation]);
    byOperation.set(name, (byOperation.get(name) ?? 0) + nanos);
  }
  const ofVerdict = verdict.operations
    .filter(({ criticalPathNanos }) => criticalPathNanos > 0)
    .map(
      (each) => [JSON.stringify([each.service, each.operation]), each.criticalPathNanos] as const,
    );
  assert.deepEqual(byOperation, new Map(ofVerdict));
  for (const [place, { parent }] of path.entries()) assert.ok(parent >= -1 && parent < place);
}

describe("judgeTrace", () => {
  it("agrees with the verdict of a timed-out and of a declined order", () => {
    assertAgreement(timedOutOrder());
    assertAgreement(declinedOrder());
  });

  it("agrees with the verdict of any trace", () => {
    const low = { slowTraceNanos: 50, slowServiceNanos: 20, slowQueryNanos: 5 };
    fc.assert(
      fc.property(
        fc.oneof(tidyTraces(14), malformedTraces({ maxSpans: 14, wildTimes: true })),
        fc.constantFrom({}, { thresholds: low }, { overlapTolerance: 0.2 }),
        assertAgreement,
      ),
      { numRuns: 1000 },
    );
  });
});
