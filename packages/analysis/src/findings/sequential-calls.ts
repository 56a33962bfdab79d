// Reads from different targets, one after the other on the critical path: they may be able to run together.

import type { DurationNanos, Span } from "@culprit/trace-model";
import { Role } from "../call-columns.ts";
import { callsOf, endOf, follows, sumNanos } from "../call-sequence.ts";
import { DATABASE_OPERATION, firstText, HTTP_METHOD, STATEMENT } from "../conventions.ts";
import type { Facts } from "../facts.ts";
import { formatList, formatNanos } from "../format.ts";
import { operationOf } from "../naming.ts";
import { targetOf } from "../target.ts";
import type { Detected, Finder, FoundFinding } from "./finding.ts";

export const sequentialCalls: Finder = { kind: "sequential-calls", find };

interface Run {
  readonly caller: number;
  readonly rows: readonly number[];
  /** All but the longest. */
  readonly savingNanos: DurationNanos;
}

function find(facts: Facts): readonly Detected[] {
  const { trace, calls, rootNanos, thresholds } = facts;
  const least = Math.max(
    thresholds.sequentialCallsNanos,
    thresholds.sequentialCallsShare * rootNanos,
  );
  const found: Run[] = [];
  for (const caller of calls.callers) {
    if (facts.pathNanosBelow(caller) < least) continue;
    for (const rows of readRuns(facts, caller)) {
      if (rows.length < thresholds.sequentialCallsCount) continue;
      const longest = rows.reduce(
        (most, row) => Math.max(most, trace.durationNanos[row] as number),
        0,
      );
      const savingNanos = sumNanos(trace, rows) - longest;
      if (savingNanos >= least) found.push({ caller, rows, savingNanos });
    }
  }
  found.sort((a, b) => b.savingNanos - a.savingNanos || a.caller - b.caller);
  return found.map((run) => () => describe(facts, run));
}

/** A call that writes, an overlap or a target that was read already ends a run. */
function readRuns(facts: Facts, caller: number): number[][] {
  const runs: number[][] = [];
  let run: number[] = [];
  let targets = new Set<string>();
  const made = callsOf(facts, caller, "any");
  made.forEach(({ row, child }, i) => {
    const target = row >= 0 && isRead(facts, row) ? targetKey(facts, row) : undefined;
    const previous = run.at(-1);
    const continues =
      target !== undefined &&
      previous !== undefined &&
      !targets.has(target) &&
      follows(facts.trace, row, previous);
    if (!continues && run.length > 0) {
      runs.push(run);
      run = [];
      targets = new Set();
    }
    if (target === undefined || !isOnPath(facts, child, made[i + 1]?.child)) return;
    run.push(row);
    targets.add(target);
  });
  if (run.length > 0) runs.push(run);
  return runs;
}

/** A start cut to whole milliseconds may hide the sibling before it from the path. */
function isOnPath(facts: Facts, child: number, next: number | undefined): boolean {
  if (facts.pathNanosBelow(child) > 0) return true;
  const { trace, clipped } = facts;
  return (
    next !== undefined &&
    clipped.blocks[child] === 1 &&
    facts.pathNanosBelow(next) > 0 &&
    endOf(trace, child) > (trace.startNanos[next] as number) &&
    follows(trace, next, child)
  );
}

/** After the comments that query builders put in front. */
const READS =
  /^(?:--[^\n]*\n|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/|(?!--|\/\*)\W)*(?:select|get|mget|hget|hgetall|hmget|exists|zrange|smembers|lrange|find|findone|aggregate|count|query|getitem|batchgetitem|scan|search|head)\b/i;

/** Characters of a statement in which its first word is looked for: a long enough one would exhaust the stack. */
const MAX_LEAD = 4096;

function isRead({ trace, calls }: Facts, row: number): boolean {
  const { attributes, name } = trace.spans[row] as Span;
  if (calls.role[row] !== Role.query) {
    const method = firstText(attributes, HTTP_METHOD);
    return /^(?:GET|HEAD)$/i.test(method ?? "");
  }
  const asked =
    firstText(attributes, STATEMENT) ?? firstText(attributes, DATABASE_OPERATION) ?? name;
  return READS.test(asked.slice(0, MAX_LEAD)) && !/\bfor\s+(?:no\s+key\s+)?update\b/i.test(asked);
}

/** Of a call the callee; a database is one target, whatever is asked of it. */
function targetKey({ trace, calls, callees }: Facts, row: number): string {
  if (calls.role[row] !== Role.query) return callees.nameOf(row);
  return targetOf(trace.spans[row] as Span) ?? callees.nameOf(row);
}

function describe({ trace, callees, rootNanos }: Facts, run: Run): FoundFinding {
  const { caller, rows, savingNanos } = run;
  const place = operationOf(trace, caller);
  const each = rows.map(
    (row) => `${callees.nameOf(row)} ${formatNanos(trace.durationNanos[row] as number)}`,
  );
  const share = Math.round((savingNanos / rootNanos) * 100);
  return {
    row: caller,
    rows,
    evidence: `${place} read from ${formatList(each)} one after the other, ${formatNanos(sumNanos(trace, rows))} together; at once they would take ${formatNanos(savingNanos)} (${share} % of the trace) less`,
    drags: true,
    savingLimitNanos: savingNanos,
    recommendation: `Let ${place} start these reads together, where none needs the answer of another.`,
  };
}
