// What Jaeger's clock skew adjuster would move. By default it only warns, and so do we: the spans stay where their
// clocks put them.

import type { Span, SpanWarning, Trace } from "@culprit/trace-model";

/** In the order of rows. */
export function clockSkewWarnings(trace: Trace): SpanWarning[] {
  const hosts = trace.spans.map(hostOf);
  const deltaNanos = new Float64Array(trace.spans.length);
  const warnings: SpanWarning[] = [];
  for (let row = 0; row < trace.spans.length; row++) {
    const parent = trace.parent[row] ?? -1;
    if (parent === -1) continue;
    const isSameHost = hosts[row] !== "" && hosts[row] === hosts[parent];
    // What runs on its parent's host has its parent's clock.
    const delta = isSameHost ? (deltaNanos[parent] ?? 0) : skewNanos(trace, row, parent);
    deltaNanos[row] = delta;
    if (delta === 0) continue;
    const ms = delta / 1e6;
    warnings.push({
      spanId: trace.spanIds[row] ?? "",
      message: `it does not lie within its parent; clock skew of ${ms} ms is not corrected`,
    });
  }
  return warnings;
}

const HOST_KEYS = ["host.id", "host.ip", "host.name", "service.instance.id"];

/** "" is unknown, and different from every other host. */
function hostOf({ resource }: Span): string {
  for (const key of HOST_KEYS) {
    const value = resource.attributes.get(key);
    if (value !== undefined && value !== "") return `${key}=${String(value)}`;
  }
  return "";
}

/** Centres a shorter child in its parent; a longer one may have been given up by its parent, and only its start counts. */
function skewNanos(trace: Trace, child: number, parent: number): number {
  const childStart = trace.startNanos[child] ?? 0;
  const childDuration = trace.durationNanos[child] ?? 0;
  const parentStart = trace.startNanos[parent] ?? 0;
  const parentDuration = trace.durationNanos[parent] ?? 0;
  if (childDuration > parentDuration) return Math.max(0, parentStart - childStart);
  const fits =
    childStart >= parentStart && childStart + childDuration <= parentStart + parentDuration;
  if (fits) return 0;
  return parentStart + Math.floor((parentDuration - childDuration) / 2) - childStart;
}
