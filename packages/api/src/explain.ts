// `culprit explain --json`, POST /api/culprit/explain: what tells two groups of traces apart.

import { z } from "zod";
import { duration } from "./units.ts";

/** RFC 3339, half open; a trace is in it when its root starts in it. */
export interface TimeWindow {
  from: string;
  to: string;
}

/** Either two sets of windows, or one window and what parts its traces: that part is the incident, the rest the baseline. */
export type ExplainGroups =
  | { baseline: TimeWindow[]; incident: TimeWindow }
  | { window: TimeWindow; split: ExplainSplit };

export type ExplainSplit =
  /** Roots at or over this quantile of their entry operation's durations, 0 to 1. */
  | { by: "slow"; quantile: number }
  /** Traces with a failure. */
  | { by: "errors" }
  /** Traces with a span that carries it, in its own or its resource's attributes. */
  | { by: "attribute"; key: string; value: string };

export type ExplainRequest = ExplainGroups & {
  /** Query string of v1 search: narrows both sides. */
  query?: string;
};

export type SuspectKind = "latency" | "error" | "missing" | "new" | "fan-out";

export interface SuspectFigures {
  /** Calls. */
  count: number;
  /** Exclusive time a call. */
  p50Nanos: number;
  p95Nanos: number;
  /** 0 to 1. */
  errorShare: number;
}

export interface Suspect {
  /** From 1. */
  rank: number;
  service: string;
  operation: string;
  /** Comparable within one answer only. */
  score: number;
  kind: SuspectKind;
  baseline: SuspectFigures;
  incident: SuspectFigures;
  /** One sentence with figures. */
  evidence: string;
  /** Of the incident, the clearest first. */
  exampleTraceIds: string[];
}

export interface AttributeDifference {
  key: string;
  value: string;
  /** Whose resources carry it, where one service's tell more than all; else null. */
  service: string | null;
  /** Of traces, 0 to 1. */
  incidentShare: number;
  baselineShare: number;
  incidentCount: number;
  baselineCount: number;
  /** Incident share over baseline share; null where the baseline has none. */
  lift: number | null;
}

export interface Explanation {
  baseline: { traceCount: number; windows: TimeWindow[] };
  incident: { traceCount: number; window: TimeWindow };
  /** The likeliest first. */
  suspects: Suspect[];
  /** Up to this score a suspect may be chance: healthy traces differ from each other by as much. */
  chanceScore: number;
  attributes: AttributeDifference[];
  /** One paragraph; says so when a side has too few traces. */
  summary: string;
}

const share = z.number().min(0).max(1);
const timeWindow = z.object({ from: z.string(), to: z.string() });

const suspectFigures = z.object({
  count: z.number(),
  p50Nanos: duration,
  p95Nanos: duration,
  errorShare: share,
});

export const explanation: z.ZodType<Explanation> = z.object({
  baseline: z.object({ traceCount: z.number(), windows: z.array(timeWindow) }),
  incident: z.object({ traceCount: z.number(), window: timeWindow }),
  suspects: z.array(
    z.object({
      rank: z.number(),
      service: z.string(),
      operation: z.string(),
      score: z.number(),
      kind: z.enum(["latency", "error", "missing", "new", "fan-out"]),
      baseline: suspectFigures,
      incident: suspectFigures,
      evidence: z.string(),
      exampleTraceIds: z.array(z.string()),
    }),
  ),
  chanceScore: z.number(),
  attributes: z.array(
    z.object({
      key: z.string(),
      value: z.string(),
      service: z.string().nullable(),
      incidentShare: share,
      baselineShare: share,
      incidentCount: z.number(),
      baselineCount: z.number(),
      lift: z.number().nullable(),
    }),
  ),
  summary: z.string(),
});
