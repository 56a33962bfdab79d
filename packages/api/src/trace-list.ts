// GET /api/culprit/traces?Q&limit&before

import { z } from "zod";
import { duration, type SpanRef, spanRef, unixNano } from "./units.ts";

export interface TraceListItem {
  traceId: string;
  root: SpanRef;
  startUnixNano: string;
  /** The root's. */
  durationNanos: number;
  spanCount: number;
  errorSpanCount: number;
  services: { name: string; spanCount: number }[];
  /** The verdict's one sentence. */
  summary: string;
}

export interface TraceList {
  /** Newest first. */
  traces: TraceListItem[];
  /** What `before` takes to go on; null on the last page. */
  next: string | null;
}

export const traceListItem: z.ZodType<TraceListItem> = z.object({
  traceId: z.string(),
  root: spanRef,
  startUnixNano: unixNano,
  durationNanos: duration,
  spanCount: z.number(),
  errorSpanCount: z.number(),
  services: z.array(z.object({ name: z.string(), spanCount: z.number() })),
  summary: z.string(),
});

export const traceList: z.ZodType<TraceList> = z.object({
  traces: z.array(traceListItem),
  next: z.string().nullable(),
});
