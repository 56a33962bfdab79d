// A finder looks at the facts of one trace for one kind of trouble. One file a kind; registry.ts lists them.

import type { Finding } from "@culprit/api";
import type { DurationNanos } from "@culprit/trace-model";
import type { Facts } from "../facts.ts";
import { operation, service } from "../naming.ts";

export interface FoundFinding {
  /** The row whose service and operation the finding names. */
  readonly row: number;
  /** The spans that prove it, the most telling first. */
  readonly rows: readonly number[];
  /** One sentence with figures, without the full stop. */
  readonly evidence: string;
  readonly recommendation: string;
  /** Whether the drag of `rows`, all at once, belongs to it. */
  readonly drags: boolean;
  /** The rows whose drag it is, where that is not all of them. */
  readonly dragRows?: readonly number[];
  /** Given where a saving can be claimed: no more than this, and no more than the drag. */
  readonly savingLimitNanos?: DurationNanos;
}

/** A finding that is there; its words are made only for who reads them. */
export type Detected = () => FoundFinding;

export interface Finder {
  readonly kind: string;
  /** The weightiest first. */
  find(facts: Facts): readonly Detected[];
}

/** Spans named by one finding: enough to prove it, few enough to print. */
const MAX_SPANS = 100;

export function findingOf(kind: string, facts: Facts, found: FoundFinding): Finding {
  const dragNanos = found.drags ? facts.replay().dragTogether(found.dragRows ?? found.rows) : null;
  const limit = found.savingLimitNanos;
  return {
    kind,
    service: service(facts.trace, found.row),
    operation: operation(facts.trace, found.row),
    spanIds: found.rows.slice(0, MAX_SPANS).map((row) => facts.trace.spanIds[row] as string),
    evidence: `${found.evidence}.`,
    dragNanos,
    savingNanos: dragNanos === null || limit === undefined ? null : Math.min(dragNanos, limit),
    recommendation: found.recommendation,
  };
}
