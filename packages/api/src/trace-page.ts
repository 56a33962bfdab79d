// GET /api/culprit/traces/{id}: what the waterfall draws. Columns rather than rows: a trace of 100,000 spans is then a
// few megabytes that parse in milliseconds. Attributes come span by span (span-detail.ts), when one is opened.

import { z } from "zod";
import { duration, unixNano } from "./units.ts";

export interface TracePage {
  schema: 1;
  traceId: string;
  /** The earliest start of any span. */
  startUnixNano: string;
  /** From there to the latest end of any span. */
  durationNanos: number;
  warnings: string[];
  services: string[];
  operations: string[];
  /** All columns have one length. Rows are in display order: depth first, children by start time. */
  spans: {
    spanId: string[];
    /** Row of the parent, -1 for a root or an orphan. */
    parent: number[];
    depth: number[];
    /** Index into `services`. */
    service: number[];
    /** Index into `operations`. */
    operation: number[];
    /** As OTLP numbers kinds. */
    kind: number[];
    /** Nanoseconds after `startUnixNano` of the page. */
    startNanos: number[];
    durationNanos: number[];
    /** 0 unset, 1 ok, 2 error. */
    status: number[];
  };
}

const numbers = z.array(z.number());

export const tracePage: z.ZodType<TracePage> = z.object({
  schema: z.literal(1),
  traceId: z.string(),
  startUnixNano: unixNano,
  durationNanos: duration,
  warnings: z.array(z.string()),
  services: z.array(z.string()),
  operations: z.array(z.string()),
  spans: z.object({
    spanId: z.array(z.string()),
    parent: numbers,
    depth: numbers,
    service: numbers,
    operation: numbers,
    kind: numbers,
    startNanos: numbers,
    durationNanos: numbers,
    status: numbers,
  }),
});
