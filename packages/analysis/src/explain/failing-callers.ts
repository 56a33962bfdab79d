// Services that fail because the first suspect does.

import { formatShare } from "../format.ts";
import { eachCaller, formatCallers } from "./callers.ts";
import { countTraces, Side } from "./cohorts.ts";
import type { SymptomParts } from "./symptoms.ts";

export function failingCallers(parts: SymptomParts): string | undefined {
  const { cohorts, places, failing, origins, isAccused, isBlamed } = parts;
  const { columns, side } = cohorts;
  const traces = new Map<number, number>();
  for (let trace = 0; trace < side.length; trace++) {
    if (side[trace] !== Side.incident) continue;
    const services = new Set<number>();
    const isBelow = (row: number): boolean =>
      origins[row] === 1 && isAccused(places.place[row] as number);
    eachCaller(columns, trace, parts.service, isBelow, (row) => {
      if (failing[row] === 1) services.add(columns.service[row] as number);
    });
    for (const service of services) {
      if (!isBlamed(service)) traces.set(service, (traces.get(service) ?? 0) + 1);
    }
  }
  if (traces.size === 0) return undefined;
  const all = countTraces(side).incident;
  const names = [...traces]
    .sort(([a, ofA], [b, ofB]) => ofB - ofA || a - b)
    .map(([service, count]) => `${columns.services[service]} (${formatShare(count / all)})`);
  const [fail, share] = names.length === 1 ? ["fails", "share"] : ["fail", "shares"];
  return `${formatCallers(names)} ${fail} only because of it (${share} of the incident's traces).`;
}
