// The first request of an instance pays for its start.

import { type DurationNanos, type Resource, type Span, SpanKind } from "@culprit/trace-model";
import { COLD_START, firstValue } from "../conventions.ts";
import type { Facts } from "../facts.ts";
import { formatNanos, formatShare } from "../format.ts";
import { operationOf } from "../naming.ts";
import { anyInstance, earliestStart, instanceOf } from "../target.ts";
import type { Topology } from "../topology.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const coldStart: Finder = { kind: "cold-start", find };

export interface ColdStart {
  /** Row of the instance's first server span. */
  readonly server: number;
  /** The row in which the gap lies: the server span or one of the framework's around all that it does. */
  readonly row: number;
  readonly gapNanos: DurationNanos;
}

function find(facts: Facts): readonly Detected[] {
  return coldStarts(facts).map((cold) => () => describe(facts, cold));
}

export function coldStarts(facts: Facts): readonly ColdStart[] {
  const { trace } = facts;
  const found: ColdStart[] = [];
  for (let row = 0; row < trace.spans.length; row++) {
    const span = trace.spans[row] as Span;
    if (span.kind !== SpanKind.server && span.kind !== SpanKind.consumer) continue;
    if (isTrue(span)) found.push(leadingGap(facts, row));
  }
  if (facts.topology.firstSeen.size > 0) {
    for (const row of firstServers(facts)) {
      const cold = leadingGap(facts, row);
      if (isLong(facts, cold) && !found.some(({ server }) => server === row)) found.push(cold);
    }
  }
  return found.sort((a, b) => b.gapNanos - a.gapNanos || a.server - b.server);
}

function isTrue({ attributes }: Span): boolean {
  const value = firstValue(attributes, COLD_START);
  return value === true || value === "true";
}

/** Of each instance whose first trace this is, the server span that starts first. */
function firstServers({ trace, topology }: Facts): number[] {
  if (!mayBeFirst(trace.spans, topology)) return [];
  interface Seen {
    isFirst: boolean;
    server: number;
  }
  const instances = new Map<Resource, Seen>();
  const rows = new Map<string, number>();
  for (let row = 0; row < trace.spans.length; row++) {
    const span = trace.spans[row] as Span;
    let seen = instances.get(span.resource);
    if (seen === undefined) {
      seen = { isFirst: false, server: -1 };
      instances.set(span.resource, seen);
    }
    if (span.kind === SpanKind.server && isEarlier(trace.startNanos, row, seen.server)) {
      seen.server = row;
    }
  }
  const earliest = earliestStarts(trace.spans);
  for (const [resource, seen] of instances) {
    if (seen.server < 0) continue;
    const instance = instanceOf(trace.spans[seen.server] as Span);
    if (instance === undefined) continue;
    const first = topology.firstSeen.get(instance);
    const start = earliest.get(resource);
    if (first === undefined || start === undefined || start > first) continue;
    const known = rows.get(instance);
    if (known === undefined || isEarlier(trace.startNanos, seen.server, known)) {
      rows.set(instance, seen.server);
    }
  }
  return [...rows.values()];
}

/** Mostly all instances were seen in earlier traces, which is told without asking which of them began when. */
function mayBeFirst(spans: readonly Span[], { firstSeen }: Topology): boolean {
  const earliest = earliestStart(spans);
  return anyInstance(spans, (instance) => {
    const first = firstSeen.get(instance);
    return first !== undefined && earliest <= first;
  });
}

function earliestStarts(spans: readonly Span[]): Map<Resource, bigint> {
  const earliest = new Map<Resource, bigint>();
  for (const { resource, startUnixNano } of spans) {
    const known = earliest.get(resource);
    if (known === undefined || startUnixNano < known) earliest.set(resource, startUnixNano);
  }
  return earliest;
}

function isEarlier(startNanos: Float64Array, row: number, other: number): boolean {
  return other < 0 || (startNanos[row] as number) < (startNanos[other] as number);
}

function isLong({ trace, thresholds }: Facts, { server, gapNanos }: ColdStart): boolean {
  const { coldStartNanos, coldStartShare } = thresholds;
  const took = trace.durationNanos[server] as number;
  return gapNanos > coldStartNanos && gapNanos > coldStartShare * took;
}

/** A framework's span around all that the server does covers at least this share of it. */
const COVERS = 0.8;
/** Instrumentations name their scopes after themselves. What the application does slowly it does every time. */
const AUTOMATIC = /instrumentation|opentelemetry|otel/i;

/** The longest time before a first child, in the server span or in what a framework put around the work. */
function leadingGap({ trace }: Facts, server: number): ColdStart {
  const { parent, startNanos, durationNanos, service } = trace;
  const least = COVERS * (durationNanos[server] as number);
  let longest: ColdStart = { server, row: server, gapNanos: 0 };
  let row = server;
  while (parent[row + 1] === row && service[row + 1] === service[server]) {
    const gapNanos = (startNanos[row + 1] as number) - (startNanos[row] as number);
    if (gapNanos > longest.gapNanos) longest = { server, row, gapNanos };
    row++;
    if ((durationNanos[row] as number) < least) break;
    if (!AUTOMATIC.test(trace.spans[row]?.scope.name ?? "")) break;
  }
  return longest;
}

function describe({ trace }: Facts, { server, row, gapNanos }: ColdStart): FoundFinding {
  const took = trace.durationNanos[server] as number;
  const share = formatShare(took > 0 ? gapNanos / took : 0);
  const how = isTrue(trace.spans[server] as Span)
    ? "was a cold start"
    : "was the first request of its instance";
  const where = row === server ? "" : ` in ${trace.spans[row]?.name}`;
  // What a platform does before its handler's span begins shows in no span.
  const cost =
    gapNanos > 0
      ? `: it did nothing that is recorded for ${formatNanos(gapNanos)} (${share}) of ${formatNanos(took)} before its first step${where}`
      : ` of ${formatNanos(took)}, of which no part before its first step is recorded`;
  return {
    row: server,
    rows: row === server ? [server] : [server, row],
    evidence: `${operationOf(trace, server)} ${how}${cost}`,
    drags: true,
    savingLimitNanos: gapNanos,
    recommendation: `Keep an instance of ${trace.services[trace.service[server] as number]} warm: load and connect before ${operationOf(trace, server)} takes its first request, and send traffic only to instances that are ready.`,
  };
}
