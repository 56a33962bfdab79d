import assert from "node:assert/strict";
import { test } from "node:test";
import { SpanKind, type TraceColumns } from "@culprit/trace-model";
import { explainGroups } from "./explain-groups.ts";

const MS = 1e6;
const TRACES = 30;
const WINDOW = { from: "2026-03-01T10:00:00Z", to: "2026-03-01T11:00:00Z" };

/** A client's call, its server and the server's work, which takes 100 ms; in the incident the client waits for less. */
function impatientCalls(patienceMs: number): TraceColumns {
  const traces = Array.from({ length: 2 * TRACES }, (_, trace) => trace);
  const spans = traces.flatMap((trace) => {
    const waitedMs = trace < TRACES ? 104 : patienceMs;
    return [
      [-1, 0, SpanKind.client, waitedMs < 104 ? 1 : 0, 0, waitedMs],
      [trace * 3, 1, SpanKind.server, 0, 1, 102],
      [trace * 3 + 1, 1, SpanKind.internal, 0, 2, 100],
    ] as const;
  });
  return {
    traceIds: traces.map((trace) => (trace + 1).toString(16).padStart(32, "0")),
    firstRow: Uint32Array.from([...traces, traces.length], (trace) => trace * 3),
    root: Uint32Array.from(traces, (trace) => trace * 3),
    group: Uint8Array.from(traces, (trace) => (trace < TRACES ? 0 : 1)),
    parent: Int32Array.from(spans, ([parent]) => parent),
    service: Uint32Array.from(spans, ([, service]) => service),
    operation: Uint32Array.from(spans, (_, row) => row % 3),
    resource: new Uint32Array(spans.length),
    kind: Uint8Array.from(spans, ([, , kind]) => kind),
    errs: Uint8Array.from(spans, ([, , , errs]) => errs),
    marked: new Uint8Array(spans.length),
    startNanos: Float64Array.from(spans, ([, , , , startMs]) => startMs * MS),
    durationNanos: Float64Array.from(spans, (span) => span[5] * MS),
    services: ["caller", "callee"],
    operations: ["GET", "GET /page", "render"],
    resources: [[]],
  };
}

function explain(columns: TraceColumns) {
  const attributes = { trace: new Uint32Array(), pair: new Uint32Array(), pairs: [] };
  const cohorts = { columns, side: columns.group, attributes };
  return explainGroups(cohorts, { baseline: [WINDOW], incident: WINDOW });
}

test("requests given up though nothing is slower than before are failures of the call", () => {
  const [first, ...others] = explain(impatientCalls(50)).suspects;
  assert.deepEqual([first?.kind, first?.service], ["error", "callee"]);
  assert.deepEqual(others, []);
});

test("requests that wait as long as ever accuse nobody", () => {
  assert.deepEqual(explain(impatientCalls(104)).suspects, []);
});
