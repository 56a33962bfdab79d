// What explain compares: the traces of two groups, in the columns of both.

import type { TraceColumns } from "@culprit/trace-model";

export const Side = { baseline: 0, incident: 1, neither: 2 } as const;
export type Side = (typeof Side)[keyof typeof Side];

/** Each pair of key and value once a trace. */
export interface PairColumns {
  /** Index into the traces. */
  readonly trace: Uint32Array;
  /** Index into {@link pairs}. */
  readonly pair: Uint32Array;
  readonly pairs: readonly (readonly [key: string, value: string])[];
}

export interface Cohorts {
  readonly columns: TraceColumns;
  /** One a trace, see {@link Side}. */
  readonly side: Uint8Array;
  /** Attributes of spans; those of resources are in the columns. */
  readonly attributes: PairColumns;
}

export interface TraceCounts {
  readonly baseline: number;
  readonly incident: number;
}

export function countTraces(side: Uint8Array): TraceCounts {
  const counts = { baseline: 0, incident: 0 };
  for (const value of side) {
    if (value === Side.baseline) counts.baseline++;
    else if (value === Side.incident) counts.incident++;
  }
  return counts;
}
