// Random trace pages for tests: any tree, in display order, with the verdict's path given as sections of rows.

import type { TracePage } from "@culprit/api";
import fc from "fast-check";
import { type TraceColumns, traceColumns } from "../src/trace-columns.ts";

/** Each number says how many levels up from the row before the next row hangs. */
const shapes: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 60 });

export const tracePages: fc.Arbitrary<TracePage> = fc
  .tuple(shapes, fc.infiniteStream(fc.integer({ min: 0, max: 1000 })))
  .map(([shape, numbers]) => pageOf(shape, numbers));

export const generatedColumns: fc.Arbitrary<TraceColumns> = tracePages.map(traceColumns);

function pageOf(shape: readonly number[], numbers: Iterator<number>): TracePage {
  const next = (below: number): number => Number(numbers.next().value) % below;
  const spans: TracePage["spans"] = {
    spanId: [],
    parent: [],
    depth: [],
    service: [],
    operation: [],
    kind: [],
    startNanos: [],
    durationNanos: [],
    status: [],
  };
  for (const up of [0, ...shape]) {
    const row = spans.spanId.length;
    let parent = row - 1;
    for (let i = 0; i < up && parent >= 0; i++) parent = spans.parent[parent] ?? -1;
    spans.spanId.push(row.toString(16).padStart(16, "0"));
    spans.parent.push(parent);
    spans.depth.push(parent < 0 ? 0 : (spans.depth[parent] ?? 0) + 1);
    spans.service.push(next(3));
    spans.operation.push(next(4));
    spans.kind.push(1);
    spans.startNanos.push(next(1000));
    spans.durationNanos.push(next(1000));
    spans.status.push(next(3));
  }
  return {
    schema: 1,
    traceId: "00000000000000000000000000000001",
    startUnixNano: "1763467200000000000",
    durationNanos: 2000,
    warnings: [],
    services: ["shop", "Stock", "pay"],
    operations: ["GET /", "select stock", "charge", "mail"],
    spans,
  };
}
