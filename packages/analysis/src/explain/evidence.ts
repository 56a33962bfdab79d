// One sentence with figures for a suspect.

import type { SuspectFigures, SuspectKind } from "@culprit/api";
import { formatNanos, formatShare } from "../format.ts";

export interface EvidenceParts {
  readonly kind: SuspectKind;
  readonly service: string;
  readonly operation: string;
  /** Of a call: who makes it and who should answer. */
  readonly caller: string | undefined;
  readonly callee: string | undefined;
  readonly baseline: SuspectFigures;
  readonly incident: SuspectFigures;
  /** Of missing calls: they are made, and not answered. */
  readonly isUnanswered: boolean;
  /** Further places that accuse the same service. */
  readonly otherPlaces: number;
}

export function evidenceOf(parts: EvidenceParts): string {
  const { otherPlaces } = parts;
  const others =
    otherPlaces === 0
      ? ""
      : `; ${otherPlaces} more ${otherPlaces === 1 ? "place accuses" : "places accuse"} the same service`;
  return `${sentence(parts)}${others}.`;
}

function sentence(parts: EvidenceParts): string {
  const { kind, operation, service, baseline, incident } = parts;
  const times = `p50 ${formatNanos(baseline.p50Nanos)} to ${formatNanos(incident.p50Nanos)}, p95 ${formatNanos(baseline.p95Nanos)} to ${formatNanos(incident.p95Nanos)}`;
  const counts = `${baseline.count} and ${incident.count} calls`;
  switch (kind) {
    case "latency":
      return `${whose(parts)} grew from ${times} (${counts})`;
    case "new":
      return `${operation} is new: ${incident.count} calls of p50 ${formatNanos(incident.p50Nanos)} that the baseline does not have`;
    case "error":
      return `failures that begin ${where(parts)} rose from ${formatShare(baseline.errorShare)} to ${formatShare(incident.errorShare)} of calls (${counts})`;
    case "fan-out":
      return `${service} calls ${operation} more often: ${counts}`;
    case "missing":
      if (parts.isUnanswered) {
        return `${service} no longer answers calls of ${operation} that it used to answer: ${counts}`;
      }
      return `${service} no longer makes calls of ${operation} that it used to make: ${counts}`;
  }
}

function whose({ service, operation, caller, callee }: EvidenceParts): string {
  if (caller === undefined || callee === undefined)
    return `exclusive time of a call of ${operation}`;
  return caller === service
    ? `the time that ${caller} itself spends around its calls to ${callee} (${operation})`
    : `the time that ${caller} waits for ${callee} beyond what ${callee} reports (${operation})`;
}

function where({ operation, caller, callee, service }: EvidenceParts): string {
  if (caller === undefined || callee === undefined || caller === service) return `in ${operation}`;
  return `in calls of ${caller} to ${operation} of ${callee}, which ${callee} itself does not report as failed,`;
}
