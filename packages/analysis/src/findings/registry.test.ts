import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Verdict, verdict as verdictSchema } from "@culprit/api";
import { assembleTrace, type Span } from "@culprit/trace-model";
import fc from "fast-check";
import { shuffled } from "../../../trace-model/test/malformed-trace.ts";
import { spanId } from "../../../trace-model/test/sketched-span.ts";
import { callingTraces } from "../../test/calling-traces.ts";
import type { AnalysisOptions } from "../analysis-options.ts";
import { analyzeTrace } from "../analyze-trace.ts";
import { judgeTrace } from "../judge-trace.ts";
import { TopologyCollector } from "../topology-collector.ts";
import { FINDING_KINDS } from "./registry.ts";

/** What other traces would have told, and a span that came late. */
function optionsFor(spans: readonly Span[]): AnalysisOptions {
  const collector = new TopologyCollector();
  collector.add(assembleTrace(spans));
  return { topology: collector.topology, lateSpanIds: new Set([spanId("5")]) };
}

function kindsOf({ findings }: Verdict): string[] {
  return [...new Set(findings.map(({ kind }) => kind))];
}

describe("findings", () => {
  it("of every kind come up in the traces that the laws are tried on", () => {
    const kinds = new Set<string>();
    for (const spans of fc.sample(callingTraces, { numRuns: 600, seed: 1 })) {
      for (const kind of kindsOf(analyzeTrace(assembleTrace(spans), optionsFor(spans)))) {
        kinds.add(kind);
      }
    }
    assert.deepEqual(
      FINDING_KINDS.filter((kind) => !kinds.has(kind)),
      [],
    );
  });

  it("are the same for any order of the spans, name spans of the trace and claim no more than the drag", () => {
    fc.assert(
      fc.property(
        callingTraces.chain((spans) => fc.tuple(fc.constant(spans), shuffled(spans))),
        ([spans, other]) => {
          const options = optionsFor(spans);
          const verdict = analyzeTrace(assembleTrace(spans), options);
          verdictSchema.parse(verdict);
          assert.deepEqual(analyzeTrace(assembleTrace(other), options), verdict);
          const ids = new Set(spans.map((span) => span.spanId));
          for (const finding of verdict.findings) {
            const { dragNanos, savingNanos, spanIds, evidence, service, operation } = finding;
            assert.ok((savingNanos ?? 0) <= (dragNanos ?? 0));
            assert.ok((savingNanos ?? 0) >= 0);
            assert.ok((dragNanos ?? 0) <= verdict.durationNanos);
            assert.ok(spanIds.length > 0 && spanIds.every((id) => ids.has(id)));
            assert.match(evidence, /^[^\n]*\.$/);
            assert.doesNotMatch(evidence, /undefined|NaN/);
            assert.match(finding.recommendation, /^[^\n]*\.$/);
            assert.ok(verdict.operations.some((each) => each.operation === operation));
            assert.ok(verdict.services.some((each) => each.service === service));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it("are those that a judgement names", () => {
    fc.assert(
      fc.property(callingTraces, (spans) => {
        const options = optionsFor(spans);
        const trace = assembleTrace(spans);
        const judgement = judgeTrace(trace, options);
        const verdict = analyzeTrace(trace, options);
        assert.deepEqual(judgement.findingKinds, kindsOf(verdict));
        const origins = new Set(verdict.errors.map(({ service }) => service));
        assert.deepEqual(judgement.errorOrigins, [...origins]);
      }),
      { numRuns: 300 },
    );
  });
});
