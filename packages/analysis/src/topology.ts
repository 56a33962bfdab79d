// What other traces tell about one: who answers at an address, and since when an instance has been seen. A trace cannot
// know either by itself; whoever judges many traces collects it and hands it in.

import type { UnixNanos } from "@culprit/trace-model";

export interface Topology {
  /** Service whose server spans have answered client spans of this target, by `targetOf`; absent where several answer. */
  readonly callees: ReadonlyMap<string, string>;
  /** Earliest start of a span of a service instance, by `instanceOf`. */
  readonly firstSeen: ReadonlyMap<string, UnixNanos>;
}

export const EMPTY_TOPOLOGY: Topology = { callees: new Map(), firstSeen: new Map() };
