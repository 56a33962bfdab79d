// Clocks of different hosts disagree, and a server that seems to run outside the call that it answers would be cut off
// by the critical path. For analysis only calls are corrected, client to server: nothing else promises that the child
// lies inside its parent. Work that a caller gave up on, or left to a queue, stays where it is.

import {
  type DurationNanos,
  float64Column,
  type Resource,
  type Span,
  SpanKind,
  type Trace,
  withStarts,
} from "@culprit/trace-model";
import { isDetached } from "./detached.ts";
import { errs } from "./failures.ts";
import { formatNanos } from "./format.ts";

/** All calls from one service to another that were moved. */
export interface SkewCorrection {
  readonly caller: string;
  readonly callee: string;
  /** Ids of the spans that answered the calls. */
  readonly spanIds: readonly string[];
  /** Spans that moved, those below the answering ones included. */
  readonly movedCount: number;
  /** The move that is largest either way; positive is later. */
  readonly deltaNanos: DurationNanos;
}

export interface SkewCorrected {
  /** The trace itself when nothing had to move. */
  readonly trace: Trace;
  readonly corrections: readonly SkewCorrection[];
}

export function correctClockSkew(trace: Trace): SkewCorrected {
  if (!anyMisfit(trace)) return { trace, corrections: [] };
  const { parent, startNanos, durationNanos, spans, spanIds } = trace;
  const hosts = new Hosts();
  const delta = float64Column(spans.length);
  const found = new Map<string, OpenCorrection>();
  // The correction that moved each row, so that what moves along is counted with it.
  const movedBy: (OpenCorrection | undefined)[] = [];
  for (let row = 0; row < spans.length; row++) {
    const above = parent[row] as number;
    if (above < 0) continue;
    if (hosts.same(trace, above, row)) {
      delta[row] = delta[above] as number;
      const correction = movedBy[above];
      if (correction !== undefined) {
        movedBy[row] = correction;
        correction.movedCount++;
      }
      continue;
    }
    const parentStart = (startNanos[above] as number) + (delta[above] as number);
    const move = misfit(
      spans[above] as Span,
      parentStart,
      durationNanos[above] as number,
      spans[row] as Span,
      startNanos[row] as number,
      durationNanos[row] as number,
    );
    if (move === 0) continue;
    delta[row] = move;
    const caller = trace.services[trace.service[above] as number] as string;
    const callee = trace.services[trace.service[row] as number] as string;
    const key = JSON.stringify([caller, callee]);
    let correction = found.get(key);
    if (correction === undefined) {
      correction = { caller, callee, spanIds: [], movedCount: 0, deltaNanos: 0 };
      found.set(key, correction);
    }
    correction.spanIds.push(spanIds[row] as string);
    correction.movedCount++;
    if (Math.abs(move) > Math.abs(correction.deltaNanos)) correction.deltaNanos = move;
    movedBy[row] = correction;
  }
  const corrections = [...found.values()];
  if (corrections.length === 0) return { trace, corrections };
  const corrected = startNanos.map((start, row) => start + (delta[row] as number));
  const spanWarnings = Array.from(delta).flatMap((nanos, row) =>
    nanos === 0 ? [] : [{ spanId: spanIds[row] as string, message: moved(nanos) }],
  );
  const warnings = corrections.map(skewSentence);
  return { trace: withStarts(trace, corrected, warnings, spanWarnings), corrections };
}

interface OpenCorrection extends SkewCorrection {
  readonly spanIds: string[];
  movedCount: number;
  deltaNanos: DurationNanos;
}

function moved(nanos: DurationNanos): string {
  return `moved by ${formatNanos(Math.abs(nanos))} ${nanos > 0 ? "later" : "earlier"} for the analysis: clocks differ`;
}

export function skewSentence(correction: SkewCorrection): string {
  const { caller, callee, movedCount, deltaNanos } = correction;
  const direction = deltaNanos > 0 ? "behind" : "ahead of";
  const spans = movedCount === 1 ? "1 span was" : `${movedCount} spans were`;
  return `the clock of ${callee} is up to ${formatNanos(Math.abs(deltaNanos))} ${direction} that of ${caller}; ${spans} moved by that for the analysis`;
}

/** Without one, no correction starts, and hosts need not be looked at. */
function anyMisfit(trace: Trace): boolean {
  const { parent, startNanos, durationNanos, spans } = trace;
  for (let row = 1; row < spans.length; row++) {
    const above = parent[row] as number;
    if (above < 0) continue;
    const start = startNanos[row] as number;
    const aboveStart = startNanos[above] as number;
    const aboveEnd = aboveStart + (durationNanos[above] as number);
    if (start >= aboveStart && start + (durationNanos[row] as number) <= aboveEnd) continue;
    const nanos = durationNanos[above] as number;
    const parentSpan = spans[above] as Span;
    const own = durationNanos[row] as number;
    if (misfit(parentSpan, aboveStart, nanos, spans[row] as Span, start, own) !== 0) return true;
  }
  return false;
}

/** By how much a child on another host has to move; 0 where it fits or its kind promises nothing. */
function misfit(
  parent: Span,
  parentStart: number,
  parentNanos: DurationNanos,
  child: Span,
  start: number,
  nanos: DurationNanos,
): DurationNanos {
  const isCall = parent.kind === SpanKind.client && child.kind === SpanKind.server;
  const withoutKinds = parent.kind === SpanKind.unspecified && child.kind === SpanKind.unspecified;
  if (!isCall && !(withoutKinds && start < parentStart)) return 0;
  if (isDetached(parent, child)) return 0;
  const parentEnd = parentStart + parentNanos;
  if (nanos > parentNanos) return start < parentStart ? parentStart - start : 0;
  if (start >= parentStart && start + nanos <= parentEnd) return 0;
  if (start >= parentStart && start <= parentEnd && errs(parent)) return 0;
  return parentStart + Math.floor((parentNanos - nanos) / 2) - start;
}

const HOST_KEYS: readonly string[] = ["host.id", "host.ip", "host.name", "service.instance.id"];

class Hosts {
  readonly #hosts = new Map<Resource, string | undefined>();

  same(trace: Trace, a: number, b: number): boolean {
    const resourceA = (trace.spans[a] as Span).resource;
    const resourceB = (trace.spans[b] as Span).resource;
    if (resourceA === resourceB) return true;
    const hostA = this.#of(resourceA);
    const hostB = this.#of(resourceB);
    if (hostA === undefined && hostB === undefined) return trace.service[a] === trace.service[b];
    return hostA === hostB;
  }

  #of(resource: Resource): string | undefined {
    if (this.#hosts.has(resource)) return this.#hosts.get(resource);
    let host: string | undefined;
    for (const key of HOST_KEYS) {
      const value = resource.attributes.get(key);
      if (value === undefined || value === null) continue;
      // host.ip is a list of addresses; the same list is the same host.
      const text = Array.isArray(value) ? value.join(" ") : value.toString();
      if (text === "") continue;
      host = `${key}=${text}`;
      break;
    }
    this.#hosts.set(resource, host);
    return host;
  }
}
