// The first request of an instance pays for its start.

import { type DurationNanos, type Resource, type Span, SpanKind } from "@culprit/trace-model";
import { COLD_START, firstValue } from "../conventions.ts";
import type { Facts } from "../facts.ts";
import { formatNanos, formatShare } from "../format.ts";
import { operationOf } from "../naming.ts";
import { instanceOf } from "../target.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const coldStart: Finder = { kind: "cold-start", find };

function find(facts: Facts): readonly Detected[] {
  return coldStarts(facts).map((row) => () => describe(facts, row));
}

/** Rows of the first server spans of instances that were just started. */
export function coldStarts(facts: Facts): readonly number[] {
  const { trace } = facts;
  const rows: number[] = [];
  for (let row = 0; row < trace.spans.length; row++) {
    const span = trace.spans[row] as Span;
    if (span.kind !== SpanKind.server && span.kind !== SpanKind.consumer) continue;
    if (span.attributes.size > 0 && isTrue(span)) rows.push(row);
  }
  if (facts.topology.firstSeen.size > 0) {
    for (const row of firstServers(facts)) {
      if (!rows.includes(row) && hasLeadingGap(facts, row)) rows.push(row);
    }
  }
  return rows.sort((a, b) => leadingGap(facts, b) - leadingGap(facts, a) || a - b);
}

function isTrue({ attributes }: Span): boolean {
  const value = firstValue(attributes, COLD_START);
  return value === true || value === "true";
}

/** Of each instance whose first trace this is, the server span that starts first. */
function firstServers({ trace, topology }: Facts): number[] {
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

function hasLeadingGap(facts: Facts, row: number): boolean {
  const gap = leadingGap(facts, row);
  const { coldStartNanos, coldStartShare } = facts.thresholds;
  return gap > coldStartNanos && gap > coldStartShare * (facts.trace.durationNanos[row] as number);
}

/** From the span's start to that of its first child; without children all of it. */
function leadingGap({ trace }: Facts, row: number): DurationNanos {
  const first = row + 1;
  if (trace.parent[first] !== row) return trace.durationNanos[row] as number;
  return Math.max(0, (trace.startNanos[first] as number) - (trace.startNanos[row] as number));
}

function describe(facts: Facts, row: number): FoundFinding {
  const { trace } = facts;
  const gap = leadingGap(facts, row);
  const took = trace.durationNanos[row] as number;
  const share = formatShare(took > 0 ? gap / took : 0);
  const how = isTrue(trace.spans[row] as Span)
    ? "was a cold start"
    : "was the first request of its instance";
  return {
    row,
    rows: [row],
    evidence: `${operationOf(trace, row)} ${how}: it did nothing that is recorded for the first ${formatNanos(gap)} (${share}) of ${formatNanos(took)}`,
    drags: true,
    savingLimitNanos: gap,
    recommendation: `Keep an instance of ${trace.services[trace.service[row] as number]} warm: load and connect before ${operationOf(trace, row)} takes its first request, and send traffic only to instances that are ready.`,
  };
}
