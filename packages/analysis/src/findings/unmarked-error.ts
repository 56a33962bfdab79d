// An answer's status says that it failed, the span's does not: whoever searches for errors misses it.

import type { Span } from "@culprit/trace-model";
import { grpcFailure, httpStatus } from "../conventions.ts";
import type { Facts } from "../facts.ts";
import { Failure } from "../failures.ts";
import { operationOf } from "../naming.ts";
import { byOperation } from "../row-groups.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const unmarkedError: Finder = { kind: "unmarked-error", find };

function find(facts: Facts): readonly Detected[] {
  if (!facts.anyFailure) return [];
  const rows: number[] = [];
  facts.failures.forEach((failure, row) => {
    if ((failure & Failure.unmarked) !== 0) rows.push(row);
  });
  return byOperation(facts, rows).map((group) => () => describe(facts, group));
}

function describe(facts: Facts, rows: readonly number[]): FoundFinding {
  const { trace } = facts;
  const row = rows[0] as number;
  const span = trace.spans[row] as Span;
  const grpc = grpcFailure(span);
  const answer = grpc === undefined ? `HTTP ${httpStatus(span)}` : `gRPC status ${grpc}`;
  const times = rows.length === 1 ? "" : `, the first of ${rows.length}`;
  return {
    row,
    rows,
    evidence: `${operationOf(trace, row)} ended with ${answer} but its span is not marked as an error${times}`,
    drags: false,
    recommendation: `Set the status of ${operationOf(trace, row)} to ERROR when it fails, so that searches and alerts see it.`,
  };
}
