// Which attributes the traces of one group carry more often than those of the other.

import type { AttributeDifference } from "@culprit/api";
import { type Cohorts, countTraces, Side } from "./cohorts.ts";
import { CLEAR } from "./robust.ts";

const MAX_DIFFERENCES = 20;
/** A key with a value for every second trace that has it is an id. Told only when there are some. */
const ID_SHARE = 0.5;
const ID_TRACES = 20;

interface Count {
  readonly key: string;
  readonly value: string;
  readonly traces: [number, number];
}

export function attributeDifferences(cohorts: Cohorts): AttributeDifference[] {
  const totals = countTraces(cohorts.side);
  if (totals.baseline === 0 || totals.incident === 0) return [];
  const differences: AttributeDifference[] = [];
  for (const { key, value, traces } of withoutIds(counted(cohorts))) {
    const [baselineCount, incidentCount] = traces;
    const baselineShare = baselineCount / totals.baseline;
    const incidentShare = incidentCount / totals.incident;
    // Chance, if both groups were one.
    const pooled = (baselineCount + incidentCount + 1) / (totals.baseline + totals.incident + 2);
    const error = Math.sqrt(pooled * (1 - pooled) * (1 / totals.baseline + 1 / totals.incident));
    if (Math.abs(incidentShare - baselineShare) <= CLEAR * error) continue;
    const lift = baselineShare === 0 ? null : incidentShare / baselineShare;
    differences.push({
      key,
      value,
      incidentShare,
      baselineShare,
      incidentCount,
      baselineCount,
      lift,
    });
  }
  const gap = (d: AttributeDifference): number => d.incidentShare - d.baselineShare;
  differences.sort(
    (a, b) =>
      Math.abs(gap(b)) - Math.abs(gap(a)) ||
      gap(b) - gap(a) ||
      (a.key < b.key ? -1 : a.key > b.key ? 1 : a.value < b.value ? -1 : 1),
  );
  return differences.slice(0, MAX_DIFFERENCES);
}

function counted({ columns, side, attributes }: Cohorts): Count[] {
  const counts: Count[] = attributes.pairs.map(([key, value]) => ({
    key,
    value,
    traces: [0, 0],
  }));
  for (let i = 0; i < attributes.trace.length; i++) {
    const of = side[attributes.trace[i] as number] as number;
    const count = counts[attributes.pair[i] as number];
    if (of !== Side.neither && count !== undefined) count.traces[of as 0 | 1]++;
  }
  return [...counts, ...countedResources({ columns, side })];
}

function countedResources({ columns, side }: Pick<Cohorts, "columns" | "side">): Count[] {
  const pairs = new Map<string, Count>();
  // Per resource its pairs, and per pair the last trace that was counted.
  const last = new Map<Count, number>();
  const ofResource = columns.resources.map((attributes) =>
    attributes.map(([key, value]) => {
      const name = JSON.stringify([key, value]);
      const count = pairs.get(name) ?? { key, value, traces: [0, 0] };
      pairs.set(name, count);
      return count;
    }),
  );
  const lastTrace = new Int32Array(columns.resources.length).fill(-1);
  for (let trace = 0; trace < side.length; trace++) {
    const of = side[trace] as number;
    if (of === Side.neither) continue;
    const end = columns.firstRow[trace + 1] as number;
    for (let row = columns.firstRow[trace] as number; row < end; row++) {
      const resource = columns.resource[row] as number;
      if (lastTrace[resource] === trace) continue;
      lastTrace[resource] = trace;
      for (const count of ofResource[resource] ?? []) {
        if (last.get(count) === trace) continue;
        last.set(count, trace);
        count.traces[of as 0 | 1]++;
      }
    }
  }
  return [...pairs.values()];
}

/** A resource's and a span's key are told apart nowhere, so their pairs may come twice: the more frequent one counts. */
function withoutIds(counts: readonly Count[]): Count[] {
  const byKey = Map.groupBy(counts, ({ key }) => key);
  return [...byKey.values()].flatMap((ofKey) => {
    const traces = ofKey.reduce((sum, count) => sum + count.traces[0] + count.traces[1], 0);
    const isId = traces >= ID_TRACES && ofKey.length > traces * ID_SHARE;
    return isId ? [] : ofKey;
  });
}
