// Spans in any order into a Trace. Nothing is dropped but equal copies, nothing throws: what does not fit becomes a
// warning. The order of the input never shows in the result.

import { float64Column, int32Column, int32ColumnOf, uint8Column } from "./columns.ts";
import type { Span, UnixNanos } from "./span.ts";
import { comparedParents, type SpanIdWords } from "./span-id-words.ts";
import { MAX_NANOS, type Trace } from "./trace.ts";
import { type DistinctSpans, distinctSpans } from "./trace-copies.ts";
import { cutCycles } from "./trace-cycles.ts";
import { namesOf } from "./trace-names.ts";
import { rowOrder } from "./trace-rows.ts";
import { Trouble, troubleWarnings } from "./trace-troubles.ts";

/**
 * @param all one trace's spans, at least one, copies included; spans of several traces go through `groupByTrace`
 * @param idWords the same spans' ids, where they are at hand; the result is the same without
 */
export function assembleTrace(all: readonly Span[], idWords?: SpanIdWords): Trace {
  const { spans, ids, differing, parent } = linked(all, idWords);
  const first = spans[0];
  if (first === undefined) throw new Error("a trace has at least one span");
  const troubles = uint8Column(spans.length);
  const mark = (index: number, trouble: number): void => {
    troubles[index] = (troubles[index] as number) | trouble;
  };
  for (const index of differing) mark(index, Trouble.copies);
  for (let i = 0; i < spans.length; i++) {
    if (parent[i] === -1 && (spans[i] as Span).parentSpanId !== "") mark(i, Trouble.orphan);
  }
  for (const index of cutCycles(spans, ids, parent)) mark(index, Trouble.cycle);
  const root = chooseRoot(spans, ids, parent);
  const origin = (spans[root] as Span).startUnixNano;
  const { starts, durations } = relativeTimes(spans, origin, mark);
  const rows = rowOrder({ ids, parent, startNanos: starts, durationNanos: durations }, root);

  const { order } = rows;
  const count = spans.length;
  const orderedSpans: Span[] = new Array(count);
  const spanIds: string[] = new Array(count);
  const startNanos = float64Column(count);
  const durationNanos = float64Column(count);
  const rowTroubles = uint8Column(count);
  const roots: number[] = [];
  const orphans: number[] = [];
  for (let row = 0; row < count; row++) {
    const index = order[row] as number;
    orderedSpans[row] = spans[index] as Span;
    spanIds[row] = ids[index] as string;
    startNanos[row] = starts[index] as number;
    durationNanos[row] = durations[index] as number;
    const trouble = troubles[index] as number;
    rowTroubles[row] = trouble;
    if (rows.parent[row] !== -1) continue;
    roots.push(row);
    if ((trouble & Trouble.orphan) !== 0) orphans.push(row);
  }
  const names = namesOf(orderedSpans);
  const told = troubleWarnings(spanIds, rowTroubles);
  return {
    traceId: first.traceId,
    spans: orderedSpans,
    spanIds,
    parent: rows.parent,
    subtreeEnd: rows.subtreeEnd,
    originUnixNano: origin,
    startNanos,
    durationNanos,
    roots: int32ColumnOf(roots),
    orphans: int32ColumnOf(orphans),
    // One by one: to spread an object costs more than to make it.
    services: names.services,
    operations: names.operations,
    service: names.service,
    operation: names.operation,
    warnings: told.warnings,
    spanWarnings: told.spanWarnings,
  };
}

interface LinkedSpans extends Pick<DistinctSpans, "spans" | "ids" | "differing"> {
  /** Index into `spans`, -1 for none. */
  readonly parent: Int32Array;
}

function linked(all: readonly Span[], idWords: SpanIdWords | undefined): LinkedSpans {
  const parent = idWords === undefined ? undefined : comparedParents(idWords);
  if (parent !== undefined) {
    return { spans: all, ids: all.map(({ spanId }) => spanId), differing: [], parent };
  }
  const { spans, ids, differing, indexOf, clientOfServer } = distinctSpans(all);
  return { spans, ids, differing, parent: parents(spans, indexOf, clientOfServer) };
}

function parents(
  spans: readonly Span[],
  indexOf: ReadonlyMap<string, number>,
  clientOfServer: ReadonlyMap<number, number>,
): Int32Array {
  const parent = int32Column(spans.length);
  for (let i = 0; i < spans.length; i++) {
    const { parentSpanId } = spans[i] as Span;
    parent[i] = parentSpanId === "" ? -1 : (indexOf.get(parentSpanId) ?? -1);
  }
  for (const [server, client] of clientOfServer) parent[server] = client;
  return parent;
}

/** The parentless span that starts first; ties by longer duration, then id. Others only when none is parentless. */
function chooseRoot(spans: readonly Span[], ids: readonly string[], parent: Int32Array): number {
  let best = -1;
  for (let i = 0; i < spans.length; i++) {
    if (parent[i] !== -1) continue;
    if (best === -1 || isBetterRoot(spans, ids, i, best)) best = i;
  }
  return best;
}

function isBetterRoot(
  spans: readonly Span[],
  ids: readonly string[],
  index: number,
  best: number,
): boolean {
  const a = spans[index] as Span;
  const b = spans[best] as Span;
  if ((a.parentSpanId === "") !== (b.parentSpanId === "")) return a.parentSpanId === "";
  if (a.startUnixNano !== b.startUnixNano) return a.startUnixNano < b.startUnixNano;
  // The starts are equal, so the later end is the longer duration.
  if (a.endUnixNano !== b.endUnixNano) return a.endUnixNano > b.endUnixNano;
  return (ids[index] as string) < (ids[best] as string);
}

interface RelativeTimes {
  readonly starts: Float64Array;
  readonly durations: Float64Array;
}

/** Starts and ends are kept within MAX_NANOS of the origin, so that all arithmetic on them is exact. */
function relativeTimes(
  spans: readonly Span[],
  origin: UnixNanos,
  mark: (index: number, trouble: number) => void,
): RelativeTimes {
  const starts = float64Column(spans.length);
  const durations = float64Column(spans.length);
  for (let i = 0; i < spans.length; i++) {
    const { startUnixNano, endUnixNano } = spans[i] as Span;
    let start = Number(startUnixNano - origin);
    let duration = Number(endUnixNano - startUnixNano);
    if (duration < 0) {
      mark(i, Trouble.negative);
      duration = 0;
    } else if (duration > MAX_NANOS) {
      mark(i, Trouble.tooLong);
      duration = MAX_NANOS;
    }
    if (Math.abs(start) > MAX_NANOS) {
      mark(i, Trouble.tooFar);
      start = Math.sign(start) * MAX_NANOS;
    }
    if (start > 0 && duration > MAX_NANOS - start) {
      mark(i, Trouble.tooFar);
      duration = MAX_NANOS - start;
    }
    starts[i] = start;
    durations[i] = duration;
  }
  return { starts, durations };
}
