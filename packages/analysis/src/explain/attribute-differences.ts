// Which attributes the traces of one group carry more often than those of the other.

import type { AttributeDifference } from "@culprit/api";
import { type AttributeCount, attributeCounts } from "./attribute-counts.ts";
import { isConnectionKey, isInstanceKey, isOutcomeKey } from "./attribute-kinds.ts";
import { type Cohorts, countTraces, type TraceCounts } from "./cohorts.ts";
import { CLEAR } from "./robust.ts";

const MAX_DIFFERENCES = 20;
/** A key with a value for every second trace that has it is an id. Told only when there are some. */
const ID_SHARE = 0.5;
const ID_TRACES = 20;

export function attributeDifferences(cohorts: Cohorts): AttributeDifference[] {
  const totals = countTraces(cohorts.side);
  if (totals.baseline === 0 || totals.incident === 0) return [];
  const clear = withoutIds(attributeCounts(cohorts))
    .map((count) => differenceOf(count, totals))
    .filter((difference) => isClear(difference, totals));
  return clearest(clear).sort(byRank).slice(0, MAX_DIFFERENCES);
}

function differenceOf(
  { key, value, service, traces }: AttributeCount,
  totals: TraceCounts,
): AttributeDifference {
  const [baselineCount, incidentCount] = traces;
  const baselineShare = baselineCount / totals.baseline;
  const incidentShare = incidentCount / totals.incident;
  const lift = baselineShare === 0 ? null : incidentShare / baselineShare;
  return { key, value, service, incidentShare, baselineShare, incidentCount, baselineCount, lift };
}

/** Beyond what chance does, if both groups were one. */
function isClear(
  { baselineCount, incidentCount, ...difference }: AttributeDifference,
  { baseline, incident }: TraceCounts,
): boolean {
  const pooled = (baselineCount + incidentCount + 1) / (baseline + incident + 2);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / baseline + 1 / incident));
  return Math.abs(difference.incidentShare - difference.baselineShare) > CLEAR * error;
}

/** One of each pair of key and value: a service's alone only where it tells more than all services together. */
function clearest(differences: readonly AttributeDifference[]): AttributeDifference[] {
  const best = new Map<string, AttributeDifference>();
  for (const difference of differences) {
    const name = JSON.stringify([difference.key, difference.value]);
    const known = best.get(name);
    if (known === undefined || size(difference) > size(known)) best.set(name, difference);
  }
  return [...best.values()];
}

/**
 * By the size of the difference. How a request ended comes after all that it brought: of failing traces the status codes
 * differ most, and say least. So do addresses and ports before them, which another instance has in any case. Of equals, what many instances share comes before what names one.
 */
function byRank(a: AttributeDifference, b: AttributeDifference): number {
  return (
    Number(isOutcomeKey(a.key)) - Number(isOutcomeKey(b.key)) ||
    Number(isConnectionKey(a.key)) - Number(isConnectionKey(b.key)) ||
    size(b) - size(a) ||
    gap(b) - gap(a) ||
    Number(isInstanceKey(a.key)) - Number(isInstanceKey(b.key)) ||
    (a.key < b.key ? -1 : a.key > b.key ? 1 : a.value < b.value ? -1 : 1)
  );
}

function gap({ incidentShare, baselineShare }: AttributeDifference): number {
  return incidentShare - baselineShare;
}

function size(difference: AttributeDifference): number {
  return Math.abs(gap(difference));
}

function withoutIds(counts: readonly AttributeCount[]): AttributeCount[] {
  const byKey = Map.groupBy(counts, ({ key, service }) => JSON.stringify([key, service]));
  return [...byKey.values()].flatMap((ofKey) => {
    const traces = ofKey.reduce((sum, count) => sum + count.traces[0] + count.traces[1], 0);
    const isId = traces >= ID_TRACES && ofKey.length > traces * ID_SHARE;
    return isId ? [] : ofKey;
  });
}
