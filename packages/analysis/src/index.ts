export { type AnalysisOptions, DEFAULT_THRESHOLDS, type Thresholds } from "./analysis-options.ts";
