// Services whose requests take longer because they wait for the first suspect.

import { formatNanos } from "../format.ts";
import { eachCaller, formatCallers } from "./callers.ts";
import { Side } from "./cohorts.ts";
import { EXCESS_OPTIONS, spreadOf } from "./excess.ts";
import { levelError, quantile } from "./robust.ts";
import type { SymptomParts } from "./symptoms.ts";

/** Where half of the requests wait the median says it; where a few do, only the slow end does. */
const LEVELS = [
  { level: 0.5, name: "p50" },
  { level: 0.95, name: "p95" },
] as const;

/** Fewer requests have no quartiles. */
const MIN_REQUESTS = 5;

interface Request {
  readonly service: number;
  /** By side: durations, nanoseconds. */
  readonly durations: readonly [number[], number[]];
}

interface Growth {
  readonly service: number;
  readonly level: string;
  readonly nanos: number;
}

export function waitingCallers(parts: SymptomParts): string | undefined {
  const { services } = parts.cohorts.columns;
  const slowest = new Map<number, Growth>();
  for (const request of requests(parts).values()) {
    const growth = growthOf(request);
    if (growth === undefined || parts.isBlamed(growth.service)) continue;
    if (growth.nanos > (slowest.get(growth.service)?.nanos ?? 0)) {
      slowest.set(growth.service, growth);
    }
  }
  if (slowest.size === 0) return undefined;
  const names = [...slowest.values()]
    .sort((a, b) => b.nanos - a.nanos || a.service - b.service)
    .map(({ service, level, nanos }) => `${services[service]} (${level} +${formatNanos(nanos)})`);
  const [are, wait] = names.length === 1 ? ["is", "it waits"] : ["are", "they wait"];
  const self = services[parts.service];
  return `${formatCallers(names)} ${are} slower only because ${wait} for ${self}.`;
}

/** The requests within which the accused places were called, by operation. */
function requests({
  cohorts,
  places,
  service: self,
  isAccused,
}: SymptomParts): Map<number, Request> {
  const { columns, side } = cohorts;
  const { service, operation, durationNanos } = columns;
  const found = new Map<number, Request>();
  for (let trace = 0; trace < side.length; trace++) {
    const of = side[trace] as number;
    if (of === Side.neither) continue;
    const isBelow = (row: number): boolean => isAccused(places.place[row] as number);
    eachCaller(columns, trace, self, isBelow, (row) => {
      const key = (service[row] as number) * 2 ** 24 + (operation[row] as number);
      const request = found.get(key) ?? { service: service[row] as number, durations: [[], []] };
      found.set(key, request);
      request.durations[of as 0 | 1].push(durationNanos[row] as number);
    });
  }
  return found;
}

/** Undefined where chance, or the usual spread, may do as much. */
function growthOf({ service, durations }: Request): Growth | undefined {
  const [baseline, incident] = durations.map((all) => Float64Array.from(all).sort()) as [
    Float64Array,
    Float64Array,
  ];
  if (baseline.length < MIN_REQUESTS || incident.length < MIN_REQUESTS) return undefined;
  for (const { level, name } of LEVELS) {
    const now = quantile(incident, level);
    const chance = EXCESS_OPTIONS.chance * levelError(level, baseline.length, incident.length);
    const nanos = now - quantile(baseline, level);
    if (now > quantile(baseline, level + chance) && nanos > spreadOf(baseline, EXCESS_OPTIONS)) {
      return { service, level: name, nanos };
    }
  }
  return undefined;
}
