// The critical path summed over many traces. What is added may be one trace or what a database has summed of a million;
// the order of adding changes nothing as long as a sum is below 2^53 ns (104 days of critical path an operation).

import type { ProfileBand, ProfileOperation } from "@culprit/api";
import type { DurationNanos } from "@culprit/trace-model";
import { bandAt, bandLimits, PERCENTILE_BANDS } from "./percentile-bands.ts";

export interface PathPart {
  readonly service: string;
  readonly operation: string;
  readonly nanos: DurationNanos;
}

export interface ProfiledTrace {
  /** The root's. */
  readonly durationNanos: DurationNanos;
  readonly path: readonly PathPart[];
}

interface Band {
  traceCount: number;
  shortestNanos: DurationNanos | null;
  longestNanos: DurationNanos | null;
  readonly operations: Map<string, ProfilePart>;
}

interface ProfilePart {
  readonly service: string;
  readonly operation: string;
  nanos: DurationNanos;
}

export class ProfileSums {
  readonly #limits: readonly DurationNanos[];
  readonly #bands: readonly Band[];

  /** @param limits as {@link bandLimits} gives them for all traces that will be added */
  constructor(limits: readonly DurationNanos[]) {
    this.#limits = limits;
    this.#bands = PERCENTILE_BANDS.map(() => ({
      traceCount: 0,
      shortestNanos: null,
      longestNanos: null,
      operations: new Map(),
    }));
  }

  addTrace({ durationNanos, path }: ProfiledTrace): void {
    const band = bandAt(this.#limits, durationNanos);
    this.#addTraces(band, 1, durationNanos, durationNanos);
    for (const part of path) this.addPath(band, part);
  }

  /** Traces whose path comes by `addPath`. @param ascending their roots' durations */
  addDurations(ascending: Float64Array): void {
    for (let at = 0; at < ascending.length; ) {
      const band = bandAt(this.#limits, ascending[at] as number);
      const end = firstAbove(ascending, this.#limits[band] ?? Number.POSITIVE_INFINITY);
      this.#addTraces(band, end - at, ascending[at] as number, ascending[end - 1] as number);
      at = end;
    }
  }

  addPath(band: number, { service, operation, nanos }: PathPart): void {
    // Frames that only led to others.
    if (nanos === 0) return;
    const { operations } = this.#band(band);
    const key = `${service}\0${operation}`;
    const known = operations.get(key);
    if (known === undefined) operations.set(key, { service, operation, nanos });
    else known.nanos += nanos;
  }

  bands(): ProfileBand[] {
    return PERCENTILE_BANDS.map(({ from, to }, index) => {
      const { traceCount, shortestNanos, longestNanos, operations } = this.#band(index);
      return {
        from,
        to,
        traceCount,
        shortestNanos,
        longestNanos,
        operations: sharesOf([...operations.values()]),
      };
    });
  }

  #addTraces(
    band: number,
    traceCount: number,
    shortestNanos: DurationNanos,
    longestNanos: DurationNanos,
  ): void {
    const sums = this.#band(band);
    sums.traceCount += traceCount;
    sums.shortestNanos = Math.min(sums.shortestNanos ?? shortestNanos, shortestNanos);
    sums.longestNanos = Math.max(sums.longestNanos ?? longestNanos, longestNanos);
  }

  #band(index: number): Band {
    const band = this.#bands[index];
    if (band === undefined) throw new RangeError(`there is no band ${index}`);
    return band;
  }
}

/** Index of the first value above the bound. */
function firstAbove(ascending: Float64Array, bound: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) > bound) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** All bands of the traces. */
export function profileBands(traces: readonly ProfiledTrace[]): ProfileBand[] {
  const durations = Float64Array.from(traces, ({ durationNanos }) => durationNanos).sort();
  const sums = new ProfileSums(bandLimits(durations));
  for (const trace of traces) sums.addTrace(trace);
  return sums.bands();
}

/** The largest first, ties by name. */
export function sharesOf(parts: readonly PathPart[]): ProfileOperation[] {
  const whole = parts.reduce((sum, { nanos }) => sum + nanos, 0);
  return parts
    .filter(({ nanos }) => nanos > 0)
    .map(({ service, operation, nanos }) => ({
      service,
      operation,
      criticalPathNanos: nanos,
      share: nanos / whole,
    }))
    .sort(
      (a, b) =>
        b.criticalPathNanos - a.criticalPathNanos ||
        order(a.service, b.service) ||
        order(a.operation, b.operation),
    );
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
