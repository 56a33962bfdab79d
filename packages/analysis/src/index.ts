export { type AnalysisOptions, DEFAULT_THRESHOLDS, type Thresholds } from "./analysis-options.ts";
export { analyzeTrace } from "./analyze-trace.ts";
export { type ClippedSpans, clipSpans } from "./clipped-spans.ts";
export { correctClockSkew, type SkewCorrected, type SkewCorrection } from "./clock-skew.ts";
export { type CriticalPath, criticalPath } from "./critical-path.ts";
export { Replay } from "./drag.ts";
export { type ReportOptions, renderVerdict } from "./report.ts";
export { selfTimes } from "./self-time.ts";
export { EMPTY_TOPOLOGY, type Topology } from "./topology.ts";
