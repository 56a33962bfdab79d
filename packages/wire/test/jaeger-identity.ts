// Jaeger traces compared where Jaeger defines no order: spans, references, tags, processes by content rather than by "p1".

import assert from "node:assert/strict";

type Json = { readonly [key: string]: unknown };

function sorted(list: unknown): string[] {
  return ((list ?? []) as unknown[]).map((entry) => JSON.stringify(entry)).sort();
}

function spanText(span: Json, trace: Json): string {
  const process = (trace.processes as Record<string, Json>)[span.processID as string] ?? {};
  return JSON.stringify(
    {
      traceID: span.traceID,
      spanID: span.spanID,
      flags: span.flags ?? 0,
      operationName: span.operationName,
      references: ((span.references ?? []) as Json[])
        .map(({ refType, traceID, spanID }) => `${refType} ${traceID} ${spanID}`)
        .sort(),
      startTime: span.startTime,
      duration: span.duration,
      tags: sorted(span.tags),
      logs: ((span.logs ?? []) as Json[]).map((log) => [log.timestamp, sorted(log.fields)]),
      service: process.serviceName,
      processTags: sorted(process.tags),
    },
    null,
    1,
  );
}

/** Warnings are left aside. */
export function assertSameTrace(actual: unknown, expected: unknown): void {
  const [have, want] = [actual as Json, expected as Json];
  assert.equal(have.traceID, want.traceID);
  const texts = (trace: Json) =>
    (trace.spans as Json[]).map((span) => spanText(span, trace)).sort();
  assert.deepEqual(texts(have), texts(want));
}
