// What a part of the comparison holds against a service, in a currency that all parts share: what it costs a trace.

import type { SuspectKind } from "@culprit/api";

export interface Accusation {
  readonly kind: SuspectKind;
  /** Index into the services; of calls whoever they are charged to. */
  readonly service: number;
  /** Index into the places. */
  readonly place: number;
  /**
   * Mean over the incident's traces, 1 for a trace that is lost: one that fails, lacks a part, or takes one baseline median
   * of a trace's duration longer.
   */
  readonly cost: number;
  /** Places that are accused with it. */
  readonly with?: ReadonlySet<number>;
  /** Of missing calls: they are made, and not answered. */
  readonly isUnanswered?: boolean;
  /** Indexes of traces of the incident that show it, the clearest first. */
  examples(): readonly number[];
}

export const EXAMPLES = 5;
