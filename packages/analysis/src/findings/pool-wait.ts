// Time spent waiting for a connection: a span that acquires one, or the part of a call before its server begins, beyond
// what the network takes if both ways are alike.

import { type DurationNanos, SpanKind } from "@culprit/trace-model";
import { Role } from "../call-columns.ts";
import { endOf } from "../call-sequence.ts";
import type { Facts } from "../facts.ts";
import { formatNanos, formatShare } from "../format.ts";
import { operationOf, placeOf } from "../naming.ts";
import { byOperation } from "../row-groups.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const poolWait: Finder = { kind: "pool-wait", find };

interface Wait {
  readonly row: number;
  readonly nanos: DurationNanos;
  readonly share: number;
}

function find(facts: Facts): readonly Detected[] {
  const { trace, calls, thresholds } = facts;
  const waits = new Map<number, Wait>();
  for (let row = 0; row < trace.spans.length; row++) {
    if ((trace.durationNanos[row] as number) <= thresholds.poolWaitNanos) continue;
    const role = calls.role[row];
    let wait: Wait | undefined;
    if (role === Role.connect) wait = acquireWait(facts, row);
    else if (role === Role.call) wait = callWait(facts, row);
    if (wait === undefined || wait.nanos <= thresholds.poolWaitNanos) continue;
    if (wait.share > thresholds.poolWaitShare) waits.set(row, wait);
  }
  if (waits.size === 0) return [];
  const nanosOf = (row: number): number => waits.get(row)?.nanos ?? 0;
  const rows = [...waits.keys()].sort((a, b) => nanosOf(b) - nanosOf(a) || a - b);
  return byOperation(facts, rows).map(
    (group) => () => describe(facts, group, waits.get(group[0] as number) as Wait),
  );
}

/** The network's own connecting is a pool's wait only within a span that acquires. */
const NETWORK = /^(?:tcp|tls|ssl|dns|socket)\b/i;
const ACQUIRES = /pool|acquire/i;

/** The innermost span that acquires, without what lies in it: making a connection is not waiting for one. */
function acquireWait({ trace, calls }: Facts, row: number): Wait | undefined {
  const { subtreeEnd, durationNanos, spans } = trace;
  const isInner = calls.role[trace.parent[row] as number] === Role.connect;
  if (isInner && !ACQUIRES.test(spans[row]?.name ?? "")) return undefined;
  if (NETWORK.test(spans[row]?.name ?? "")) return undefined;
  let nanos = durationNanos[row] as number;
  const stop = subtreeEnd[row] as number;
  for (let child = row + 1; child < stop; child = subtreeEnd[child] as number) {
    const acquires = calls.role[child] === Role.connect && ACQUIRES.test(spans[child]?.name ?? "");
    if (acquires) return undefined;
    nanos -= durationNanos[child] as number;
  }
  const caller = callerOf(trace.parent, calls.role, row);
  const whole = caller < 0 ? nanos : (durationNanos[caller] as number);
  return { row, nanos, share: whole > 0 ? nanos / whole : 1 };
}

function callerOf(parent: Int32Array, role: Uint8Array, row: number): number {
  let at = parent[row] as number;
  while (at >= 0 && role[at] === Role.connect) at = parent[at] as number;
  return at;
}

function callWait({ trace, calls }: Facts, row: number): Wait | undefined {
  const answer = calls.answer[row] as number;
  if (answer < 0 || trace.spans[answer]?.kind !== SpanKind.server) return undefined;
  const before = (trace.startNanos[answer] as number) - (trace.startNanos[row] as number);
  const after = Math.max(0, endOf(trace, row) - endOf(trace, answer));
  let nanos = before - after;
  // A connection that had to be made.
  for (let child = row + 1; child < answer; child = trace.subtreeEnd[child] as number) {
    if (calls.role[child] === Role.connect) nanos -= trace.durationNanos[child] as number;
  }
  return { row, nanos, share: nanos / (trace.durationNanos[row] as number) };
}

/** @param rows of one operation, that which waited longest first */
function describe(
  facts: Facts,
  rows: readonly number[],
  { row, nanos, share }: Wait,
): FoundFinding {
  const { trace, calls, callees } = facts;
  const times = rows.length === 1 ? "" : `, the longest of ${rows.length}`;
  const answer = calls.answer[row] as number;
  const isCall = calls.role[row] === Role.call;
  const waited = isCall
    ? `${placeOf(trace, row)} waited ${formatNanos(nanos)} (${formatShare(share)} of it) before ${operationOf(trace, answer)} began`
    : `${placeOf(trace, row)} waited ${formatNanos(nanos)} for a connection (${formatShare(share)} of the span that needed it)`;
  const pool = isCall ? `connections to ${callees.nameOf(row)}` : "connections";
  return {
    row,
    rows,
    evidence: `${waited}${times}`,
    drags: true,
    savingLimitNanos: nanos,
    recommendation: `Look at the pool of ${pool} that ${operationOf(trace, row)} uses: its size, what holds its connections for long, and connections that are never given back.`,
  };
}
